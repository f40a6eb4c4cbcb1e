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

    /// <summary>Sets what nobody said.</summary>
    public void UseDefault(bool isDevelopment) => Open ??= isDevelopment;
}
