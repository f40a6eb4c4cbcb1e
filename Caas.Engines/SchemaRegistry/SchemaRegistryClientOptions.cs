namespace Caas.Engines.SchemaRegistry;

/// <summary>The cluster's schema registry; its addresses are <c>ConnectionStrings:schemaregistry</c>.</summary>
public sealed class SchemaRegistryClientOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:SchemaRegistryClient";

    /// <summary>Who asks; null where nobody is asked for credentials.</summary>
    public string? Username { get; set; }

    /// <summary>The password of <see cref="Username"/>; a secret.</summary>
    public string? Password { get; set; }

    /// <summary>The file with the authorities that its certificate may be signed by (PEM); null for the machine's own.</summary>
    public string? CaLocation { get; set; }

    /// <summary>The file with our certificate and its key (PKCS#12), where the registry asks for one; null for none.</summary>
    public string? ClientCertificateLocation { get; set; }

    /// <summary>The password of that file; a secret.</summary>
    public string? ClientCertificatePassword { get; set; }

    /// <summary>How long one question may take.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a question is asked again that was answered with an error that passes (429, 5xx).</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>How long the start waits for a registry that does not answer yet.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Schemas that are kept in memory; beyond, they are asked for again.</summary>
    public int MaxCachedSchemas { get; set; } = 1_000;

    /// <summary>The longest that all tries of one question take.</summary>
    internal TimeSpan LongestWait => (RequestTimeout * (MaxRetries + 1)) + TimeSpan.FromSeconds(2);

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { Username: null, Password: not null } => Fault(nameof(Username), $"is missing beside {nameof(Password)}"),
        { Username: not null, Password: null } => Fault(nameof(Password), $"is missing beside {nameof(Username)}"),
        { Username: { } name } when name.Contains(':', StringComparison.Ordinal) => Fault(nameof(Username), "has a colon"),
        { MaxRetries: < 0 or > 10 } => Fault(nameof(MaxRetries), "is not between 0 and 10"),
        { MaxCachedSchemas: < 10 or > 100_000 } => Fault(nameof(MaxCachedSchemas), "is not between 10 and 100000"),
        _ when RequestTimeout < TimeSpan.FromMilliseconds(100) || RequestTimeout > TimeSpan.FromMinutes(1) =>
            Fault(nameof(RequestTimeout), "is not between 00:00:00.1000000 and 00:01:00"),
        _ when StartTimeout < TimeSpan.FromSeconds(1) || StartTimeout > TimeSpan.FromHours(1) =>
            Fault(nameof(StartTimeout), "is not between 00:00:01 and 01:00:00"),
        _ => null,
    };

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
