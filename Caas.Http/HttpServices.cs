using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Domain.Validation;
using Caas.Http.Cors;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Limits;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Caas.Http;

/// <summary>What every HTTP face shares.</summary>
public static class HttpServices
{
    /// <summary>Registers it; safe to call by several services of one host.</summary>
    public static IServiceCollection AddCaasHttp(this IServiceCollection services)
    {
        services.AddMetrics().TryAddSingleton<HttpMetrics>();
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<DeploymentSecrets>();
        services.TryAddSingleton(provider => new CursorSeal(provider.GetRequiredService<DeploymentSecrets>().CursorKey));
        services.TryAddSingleton(provider => new RefreshTokens(provider.GetRequiredService<DeploymentSecrets>().RefreshKey));
        services.TryAddSingleton<ApiJson>();
        services.TryAddSingleton<IConfigureOptions<JsonOptions>, ConfigureJson>();
        services.TryAddSingleton<SigningKeyRing>();
        services.TryAddSingleton<IAccessTokenIssuer, AccessTokenIssuer>();
        services.TryAddSingleton<AccessTokenReader>();
        services.TryAddSingleton<ApiKeyReader>();
        services.TryAddSingleton(provider => new CredentialReader(
            provider.GetRequiredService<AccessTokenReader>(), provider.GetRequiredService<ApiKeyReader>()));
        services.TryAddSingleton<ClientBudgets>();
        services.TryAddSingleton<RequestLimits>();
        services.TryAddSingleton<OriginPolicy>();
        services.TryAddSingleton<Pager>();
        if (services.All(service => service.ServiceType != typeof(Revocations)))
        {
            services.AddSingleton<Revocations>();
            services.AddHostedService(provider => provider.GetRequiredService<Revocations>());
        }

        return services;
    }

    /// <summary>Adds the JSON of a feature.</summary>
    public static IServiceCollection AddApiJson(
        this IServiceCollection services, System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver context) =>
        services.AddSingleton(new ApiJsonContext(context));

    /// <summary>Refusals as problem details; the outermost part of the pipeline.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();

    /// <summary>CORS: answers preflights; before routing, after the problems.</summary>
    public static IApplicationBuilder UseOrigins(this IApplicationBuilder app) => app.UseMiddleware<CorsMiddleware>();

    /// <summary>Credentials, limits and the origins of the credential's application; after routing, before the endpoints.</summary>
    public static IApplicationBuilder UseCredentials(this IApplicationBuilder app) => app
        .UseMiddleware<CredentialMiddleware>()
        .UseMiddleware<OriginCheckMiddleware>();

    /// <summary>What a request to the API goes through before its endpoint, in the order of the contract's refusals.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app) => app
        .UseOrigins()
        .UseRouting()
        .UseRequestTimeouts()
        .UseCredentials();

    // The framework's own options serve the OpenAPI document, which then tells the truth about strictness.
    private sealed class ConfigureJson(IEnumerable<ApiJsonContext> contexts) : IConfigureOptions<JsonOptions>
    {
        public void Configure(JsonOptions options) => ApiJson.Configure(options.SerializerOptions, contexts);
    }
}
