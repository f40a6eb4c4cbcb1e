using System.Globalization;

namespace Caas.Engines.Doctor;

/// <summary>How far the clock of a server is from this machine's.</summary>
internal static class ServerClock
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Harmful = TimeSpan.FromSeconds(30);

    /// <summary>The finding.</summary>
    /// <param name="subject">Whose clock.</param>
    /// <param name="told">What the server told.</param>
    /// <param name="asked">When it was asked, by this machine's clock.</param>
    /// <param name="took">How long the answer took; the server's time is of somewhere in between.</param>
    public static Finding Compare(string subject, DateTimeOffset told, DateTimeOffset asked, TimeSpan took)
    {
        var apart = (told - (asked + (took / 2))).Duration() - (took / 2);
        apart = apart > TimeSpan.Zero ? apart : TimeSpan.Zero;
        var found = string.Create(CultureInfo.InvariantCulture, $"{apart.TotalSeconds:0.0} s apart");
        return Finding.Of(
            apart < Noticed,
            $"{subject}, clock",
            found,
            apart < Harmful ? Severity.Warning : Severity.Error,
            "less than a second apart",
            "Let chrony or systemd-timesyncd set the clocks of every machine from the same servers.");
    }
}
