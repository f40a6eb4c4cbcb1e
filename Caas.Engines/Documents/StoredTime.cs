namespace Caas.Engines.Documents;

/// <summary>Times as they are stored.</summary>
internal static class StoredTime
{
    /// <summary>Now, in whole milliseconds: what is answered is what is read again.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
