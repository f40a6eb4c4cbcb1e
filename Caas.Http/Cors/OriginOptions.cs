namespace Caas.Http.Cors;

/// <summary>Which web origins may call beside those that applications list.</summary>
public sealed class OriginOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Http";

    /// <summary>
    /// Whether pages of this machine (<c>http://localhost:*</c>, <c>http://127.0.0.1:*</c>, <c>http://[::1]:*</c>) may
    /// call unlisted. Left out: true in development, else false.
    /// </summary>
    public bool? AllowLoopbackOrigins { get; set; }

    /// <summary>Sets what nobody said.</summary>
    public void UseDefault(bool isDevelopment) => AllowLoopbackOrigins ??= isDevelopment;
}
