namespace Caas.AppHost.Resources;

/// <summary>Secrets: parameters that are generated where nobody gives them, and never stand in what is published.</summary>
internal static class Secrets
{
    /// <summary>
    /// A secret of letters and digits, so that it stands as it is in connection strings, shells and Redis. When the
    /// application is run it is kept in the user secrets: the volumes outlive a run, and their passwords with them.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(
        this IDistributedApplicationBuilder builder, string name, int length = 24) =>
        builder.AddParameter(
            name, new GenerateParameterDefault { MinLength = length, Special = false }, secret: true, persist: true);
}
