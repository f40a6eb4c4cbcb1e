using Caas.Domain.Tokens;
using Caas.Domain.Validation;
using Caas.Http.Cors;
using Caas.Http.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Http.Hosting;

/// <summary>The options of one start.</summary>
/// <param name="Http">Where it listens.</param>
/// <param name="Sides">The listeners beside that, with their ports.</param>
/// <param name="Limits">The caps.</param>
/// <param name="Tokens">How tokens are made.</param>
/// <param name="Origins">Which web pages may call.</param>
/// <param name="Proxies">Which peers speak for others.</param>
internal sealed record HostSettings(
    HttpOptions Http,
    IReadOnlyList<SidePort> Sides,
    LimitsOptions Limits,
    TokensOptions Tokens,
    OriginOptions Origins,
    ProxyOptions Proxies)
{
    /// <summary>The options of a configuration; a <see cref="ConfigurationException"/> names the first wrong one.</summary>
    public static HostSettings Read(IConfiguration configuration, IReadOnlyList<SideListener> sides, bool isDevelopment)
    {
        var settings = new HostSettings(
            Bind<HttpOptions>(configuration, HttpOptions.Section),
            [.. sides.Select(side => new SidePort(side, Bind<PortOption>(configuration, side.Section).Port ?? side.DefaultPort))],
            Bind<LimitsOptions>(configuration, LimitsOptions.Section),
            Bind<TokensOptions>(configuration, TokensOptions.Section),
            Bind<OriginOptions>(configuration, OriginOptions.Section),
            Bind<ProxyOptions>(configuration, ProxyOptions.Section));
        settings.Origins.UseDefault(isDevelopment);
        var faults = settings.Http.Validate()
            .Concat(settings.Sides.Where(side => !PortRule.IsValid(side.Port)).Select(side => $"{side.Key}: {PortRule.Words}"))
            .Concat(settings.Limits.Validate())
            .Concat(settings.Tokens.Validate())
            .Concat(settings.Proxies.Validate());
        return faults.FirstOrDefault() is { } fault ? throw new ConfigurationException(fault) : settings;
    }

    /// <summary>Registers what the services read.</summary>
    public void Register(IServiceCollection services) => services
        .AddSingleton(Limits)
        .AddSingleton(Tokens)
        .AddSingleton(Origins);

    private static T Bind<T>(IConfiguration configuration, string section)
        where T : new()
    {
        try
        {
            var options = new T();
            configuration.GetSection(section).Bind(options);
            return options;
        }
        catch (InvalidOperationException exception)
        {
            // The binder's words: "Failed to convert configuration value 'x' at 'Caas:Http:Port' to type ..."
            throw new ConfigurationException(exception.Message, exception);
        }
    }

    private sealed class PortOption
    {
        public int? Port { get; set; }
    }
}

/// <summary>A side listener and its port.</summary>
/// <param name="Side">The listener.</param>
/// <param name="Port">Its port; 0 picks a free one.</param>
internal sealed record SidePort(SideListener Side, int Port)
{
    /// <summary>The key of the port.</summary>
    public string Key => $"{Side.Section}:Port";
}
