using Caas.Consumers;
using Caas.Engines;
using Caas.Engines.Avro;
using Caas.Engines.InMemory;
using Caas.Engines.LocalLog;
using Caas.Engines.LocalRegistry;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Gateway;
using Caas.Http;
using Caas.Messaging;
using Caas.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Caas.Standalone.Hosting;

/// <summary>The three services in one process over the embedded engines.</summary>
internal static class StandaloneHost
{
    private const int WrongConfiguration = 2;

    // Options are read at the start. To see them change, the host would watch the working folder and all below it, in which
    // the data may be: every commit of a database would wake it.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs until it is stopped, and gives the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(args, replace: null, out var settings);
            var platformKey = await StartAsync(app, settings, cancellationToken);
            Welcome.Write(Console.Out, settings, app.Services.GetRequiredService<Listeners>(), platformKey);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (StartFault.LineOf(exception) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return WrongConfiguration;
        }
    }

    /// <summary>The process, ready to start; a test replaces what it must (the clock, the signals).</summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace, out HostSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [NoReload, .. args], ApplicationName = "caas" });
        var read = HostSettings.Read(builder.Configuration, builder.Environment.IsDevelopment());
        var listeners = new Listeners();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(kestrel => listeners.Listen(kestrel, read));
        builder.Services.AddSingleton(listeners);
        AddHosting(builder.Services, read);
        AddEngines(builder.Services, builder.Configuration[$"{DataOptions.Section}:{nameof(DataOptions.Path)}"] ?? new DataOptions().Path);
        builder.Services.AddGateway().AddMessaging().AddConsumers();
        replace?.Invoke(builder.Services);
        settings = read;
        return builder.Build();
    }

    /// <summary>Opens the engines, loads the secrets and serves; gives the platform key where it is new, else null.</summary>
    internal static async Task<string?> StartAsync(WebApplication app, HostSettings settings, CancellationToken cancellationToken)
    {
        // Before anything is made: a wrong option leaves no folder and no file behind.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        foreach (var engine in app.Services.GetServices<IEngineStart>())
        {
            await engine.OpenAsync(cancellationToken);
        }

        ListenerPorts.Check(settings);
        await app.Services.GetRequiredService<DeploymentSecrets>().LoadAsync(cancellationToken);
        await PlatformKeySetup.LoadAsync(app.Services, cancellationToken);
        Map(app, settings);
        await app.StartAsync(cancellationToken);
        return await PlatformKeySetup.KeepAsync(app.Services, cancellationToken);
    }

    private static void AddHosting(IServiceCollection services, HostSettings settings)
    {
        settings.Register(services);
        services.AddSingleton<TimeProvider>(new ForwardClock(TimeProvider.System));
        services.AddSingleton<PlatformKeySetup>();
        services.AddSingleton(provider => provider.GetRequiredService<PlatformKeySetup>().Key);
        services.AddSingleton<IHostLifetime, SignalLifetime>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTime);
        services.AddRequestTimeouts(options => options.DefaultPolicy = new() { Timeout = settings.Limits.RequestTimeout });
    }

    private static void AddEngines(IServiceCollection services, string dataPath) => services
        .AddSqliteDocuments()
        .AddInMemoryCounters()
        .AddInMemoryRealtime()
        .AddInMemoryPresence()
        .AddLocalLog(dataPath)
        .AddLocalSchemaRegistry(dataPath)
        .AddAvroEvents();

    private static void Map(WebApplication app, HostSettings settings)
    {
        var listeners = app.Services.GetRequiredService<Listeners>();
        app.MapWhen(listeners.Metrics.Serves, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics"));
        app.MapWhen(listeners.SchemaRegistry.Serves, registry => registry
            .UseRouting()
            .UseEndpoints(routes => routes.MapLocalSchemaRegistry()));
        if (settings.Proxies.ToForwardedHeaders() is { } forwarded)
        {
            app.UseForwardedHeaders(forwarded);
        }

        app.UseProblems();
        app.UseOrigins();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseCredentials();
        app.MapDefaultEndpoints();
        app.MapGateway();
        app.MapMessaging();
    }
}
