namespace Caas.Domain.Applications;

/// <summary>Which web origins may use an application's credentials.</summary>
public static class OriginRule
{
    /// <summary>Whether the application lists this origin, as the browser sends it.</summary>
    public static bool Allows(Application application, string origin) =>
        application.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);
}
