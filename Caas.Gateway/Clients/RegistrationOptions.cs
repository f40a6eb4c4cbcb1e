namespace Caas.Gateway.Clients;

/// <summary>Who may register clients.</summary>
public sealed class RegistrationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Registration";

    /// <summary>Whether anyone may; otherwise the platform key is needed. Left out: true in development, else false.</summary>
    public bool? Open { get; set; }

    /// <summary>Whether anyone may, once the default of the environment is known.</summary>
    internal bool IsOpen => Open ?? false;

    /// <summary>The options of a configuration, with what nobody said set.</summary>
    internal static RegistrationOptions Read(IConfiguration configuration, bool isDevelopment)
    {
        var options = new RegistrationOptions();
        configuration.GetSection(Section).Bind(options);
        options.Open ??= isDevelopment;
        return options;
    }
}
