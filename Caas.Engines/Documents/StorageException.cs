using Caas.Domain.Errors;

namespace Caas.Engines.Documents;

/// <summary>A refusal of a port that has no other way to say so; carries what the caller is told.</summary>
/// <param name="error"><c>storage_unavailable</c> or <c>overloaded</c>.</param>
/// <param name="innerException">The cause; null for none.</param>
public sealed class StorageException(Error error, Exception? innerException = null) : RefusedException(error, innerException);

/// <summary>The refusals of the document engines themselves.</summary>
internal static class StorageErrors
{
    public static Error Unavailable { get; } =
        new(ErrorCatalogue.StorageUnavailable, "The store cannot be used now.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Error Moving { get; } =
        new(ErrorCatalogue.ServiceUnavailable, "The data is being moved: it can be read, and nothing is written now.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    public static Error Overloaded { get; } =
        new(ErrorCatalogue.Overloaded, "Too many writes are waiting.") { RetryAfter = TimeSpan.FromSeconds(1) };
}

/// <summary>Makes results where the type of the value is an interface, for which C# ignores conversions.</summary>
internal static class Outcome
{
    public static Result<T> Of<T>(T value) => value;

    /// <summary>The value, or an exception that carries the refusal.</summary>
    public static T OrThrow<T>(this Result<T> result) =>
        result.Error is { } error ? throw new StorageException(error) : result.Value!;
}
