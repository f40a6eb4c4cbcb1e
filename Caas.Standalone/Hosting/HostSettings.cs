using Caas.Consumers.Notifications;
using Caas.Consumers.Streams;
using Caas.Domain.Tokens;
using Caas.Domain.Validation;
using Caas.Engines.InMemory;
using Caas.Engines.LocalLog;
using Caas.Engines.Sqlite.Storage;
using Caas.Gateway.Clients;
using Caas.Http.Cors;
using Caas.Http.Limits;

namespace Caas.Standalone.Hosting;

/// <summary>The options of one start.</summary>
/// <param name="Http">Where it listens.</param>
/// <param name="Metrics">Where the metrics are.</param>
/// <param name="SchemaRegistry">Where the registry is.</param>
/// <param name="Limits">The caps.</param>
/// <param name="Tokens">How tokens are made.</param>
/// <param name="Registration">Who may register.</param>
/// <param name="Origins">Which web pages may call.</param>
/// <param name="Proxies">Which peers speak for others.</param>
internal sealed record HostSettings(
    HttpOptions Http,
    MetricsOptions Metrics,
    SchemaRegistryOptions SchemaRegistry,
    LimitsOptions Limits,
    TokensOptions Tokens,
    RegistrationOptions Registration,
    OriginOptions Origins,
    ProxyOptions Proxies)
{
    /// <summary>The options of a configuration; a <see cref="ConfigurationException"/> names the first wrong one.</summary>
    public static HostSettings Read(IConfiguration configuration, bool isDevelopment)
    {
        var settings = new HostSettings(
            Bind<HttpOptions>(configuration, HttpOptions.Section),
            Bind<MetricsOptions>(configuration, MetricsOptions.Section),
            Bind<SchemaRegistryOptions>(configuration, SchemaRegistryOptions.Section),
            Bind<LimitsOptions>(configuration, LimitsOptions.Section),
            Bind<TokensOptions>(configuration, TokensOptions.Section),
            Bind<RegistrationOptions>(configuration, RegistrationOptions.Section),
            Bind<OriginOptions>(configuration, OriginOptions.Section),
            Bind<ProxyOptions>(configuration, ProxyOptions.Section));
        CheckForms(configuration);
        settings.Registration.UseDefault(isDevelopment);
        settings.Origins.UseDefault(isDevelopment);
        var faults = settings.Http.Validate()
            .Concat(settings.Metrics.Validate())
            .Concat(settings.SchemaRegistry.Validate())
            .Concat(settings.Limits.Validate())
            .Concat(settings.Tokens.Validate())
            .Concat(settings.Proxies.Validate());
        return faults.FirstOrDefault() is { } fault ? throw new ConfigurationException(fault) : settings;
    }

    /// <summary>Registers what the services read.</summary>
    public void Register(IServiceCollection services) => services
        .AddSingleton(Limits)
        .AddSingleton(Tokens)
        .AddSingleton(Registration)
        .AddSingleton(Origins);

    // The engines and the consumers bind and judge their own; a value that has not even the form of its option ends the
    // start here, in the same one line.
    private static void CheckForms(IConfiguration configuration)
    {
        Bind<SqliteOptions>(configuration, SqliteOptions.Section);
        Bind<LocalLogOptions>(configuration, LocalLogOptions.Section);
        Bind<InMemoryOptions>(configuration, InMemoryOptions.Section);
        Bind<ConsumersOptions>(configuration, ConsumersOptions.Section);
        Bind<NotificationsOptions>(configuration, NotificationsOptions.Section);
    }

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
}

/// <summary>The configuration is wrong: the process ends with exit code 2 and this one line.</summary>
internal sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
