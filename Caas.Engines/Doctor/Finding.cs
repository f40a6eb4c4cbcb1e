namespace Caas.Engines.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What: <c>member mongo-2:27017, version</c>.</param>
/// <param name="Severity">How it is.</param>
/// <param name="Found">How it was found; no secret and no content.</param>
/// <param name="Wanted">How it should be; null where it is.</param>
/// <param name="Cure">What to do about it; null where nothing is to be done.</param>
public sealed record Finding(string Subject, Severity Severity, string Found, string? Wanted = null, string? Cure = null)
{
    /// <summary>As it should be.</summary>
    public static Finding Ok(string subject, string found) => new(subject, Severity.Ok, found);

    /// <summary>To be put right soon: nothing is broken yet, or less is promised.</summary>
    public static Finding Warning(string subject, string found, string wanted, string cure) =>
        new(subject, Severity.Warning, found, wanted, cure);

    /// <summary>To be put right before anything else.</summary>
    public static Finding Error(string subject, string found, string wanted, string cure) =>
        new(subject, Severity.Error, found, wanted, cure);

    /// <summary>As it should be, or what is told then.</summary>
    public static Finding Of(bool isRight, string subject, string found, Severity otherwise, string wanted, string cure) =>
        isRight ? Ok(subject, found) : new Finding(subject, otherwise, found, wanted, cure);

    /// <summary>What may not be asked.</summary>
    internal static Finding NotTold(string subject, string cure) =>
        new(subject, Severity.Warning, "not told", "to be allowed to ask", cure);
}

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>To be put right soon.</summary>
    Warning,

    /// <summary>To be put right before anything else.</summary>
    Error,
}
