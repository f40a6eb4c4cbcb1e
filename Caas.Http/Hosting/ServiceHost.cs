using Caas.Domain.Errors;
using Caas.Http.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.Http.Hosting;

/// <summary>Runs one process of the product: the whole of it, or one of its services.</summary>
/// <param name="plan">What it is made of.</param>
public sealed class ServiceHost(HostPlan plan)
{
    private const int WrongConfiguration = 2;

    // Options are read at the start. To see them change, the host would watch the working folder and all below it, in which
    // the data may be: every commit of a database would wake it.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs until it is stopped, and gives the exit code: 0, or 2 where an operator has to put something right.</summary>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(args, replace: null, out var settings);
            var platformKey = await StartAsync(app, settings, cancellationToken);
            Greet(Console.Out, app, platformKey);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (StartFault.LineOf(exception) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return WrongConfiguration;
        }
    }

    /// <summary>
    /// Builds the process as a run would and lets somebody look at its services, and at what is wrong with its options, in
    /// one line; null where nothing is. Starts nothing. A <see cref="StartException"/> where it cannot be built.
    /// </summary>
    public async Task<T> InspectAsync<T>(string[] args, Func<IServiceProvider, string?, Task<T>> look)
    {
        await using var app = TryBuild(args);
        return await look(app.Services, FindFault(app.Services));
    }

    /// <summary>The process, ready to start; a test replaces what it must (the clock, the signals).</summary>
    internal WebApplication Build(string[] args, Action<IServiceCollection>? replace, out HostSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [NoReload, .. args], ApplicationName = plan.Name });
        var read = HostSettings.Read(builder.Configuration, plan.Sides, builder.Environment.IsDevelopment());
        var listeners = new Listeners(read);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(listeners.Listen);
        builder.Services.AddSingleton(listeners);
        AddHosting(builder.Services, read);
        plan.Add(builder);
        replace?.Invoke(builder.Services);
        settings = read;
        return builder.Build();
    }

    /// <summary>Opens the engines, loads the secrets and serves; gives the platform key where it is new, else null.</summary>
    internal async Task<string?> StartAsync(WebApplication app, HostSettings settings, CancellationToken cancellationToken)
    {
        // Before anything is made: a wrong option leaves no folder and no file behind.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        await plan.OpenAsync(app.Services, cancellationToken);
        ListenerPorts.Check(settings);
        if (app.Services.GetService<DeploymentSecrets>() is { } secrets)
        {
            await secrets.LoadAsync(cancellationToken);
        }

        await PlatformKeySetup.LoadAsync(app.Services, plan.MakesPlatformKey, cancellationToken);
        Map(app, settings);
        await app.StartAsync(cancellationToken);
        return await PlatformKeySetup.KeepAsync(app.Services, cancellationToken);
    }

    /// <summary>Writes where it listens, the new platform key, what the plan has to say, and that it is ready.</summary>
    internal void Greet(TextWriter output, WebApplication app, string? newPlatformKey)
    {
        var listeners = app.Services.GetRequiredService<Listeners>();
        foreach (var (name, url) in listeners.Urls)
        {
            output.WriteLine($"listening: {name} {url}");
        }

        if (newPlatformKey is not null)
        {
            output.WriteLine($"platform key (shown once, keep it): {newPlatformKey}");
        }

        plan.Greet(output, app.Services, listeners.Api);
        output.WriteLine("CaaS is ready");
        output.Flush();
    }

    private WebApplication TryBuild(string[] args)
    {
        try
        {
            return Build(args, replace: null, out _);
        }
        catch (Exception exception) when (exception is not StartException && StartFault.LineOf(exception) is { } line)
        {
            throw new ConfigurationException(line, exception);
        }
    }

    private static string? FindFault(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return null;
        }
        catch (Exception exception) when (StartFault.LineOf(exception) is { } line)
        {
            return line;
        }
    }

    private void AddHosting(IServiceCollection services, HostSettings settings)
    {
        settings.Register(services);
        services.AddMetrics().TryAddSingleton<HttpMetrics>();
        services.AddSingleton(plan.Clock);
        services.AddSingleton(settings);
        services.AddHostedService<DrainDelay>();
        services.AddSingleton<PlatformKeySetup>();
        services.AddSingleton<PlatformKey>(provider => provider.GetRequiredService<PlatformKeySetup>().Key);
        services.AddSingleton<IHostLifetime, SignalLifetime>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTime);
        services.AddRequestTimeouts(options => options.DefaultPolicy = new() { Timeout = settings.Limits.RequestTimeout });
    }

    private void Map(WebApplication app, HostSettings settings)
    {
        app.Services.GetRequiredService<Listeners>().MapSides(app);
        if (settings.Proxies.ToForwardedHeaders() is { } forwarded)
        {
            app.UseForwardedHeaders(forwarded);
        }

        app.UseProblems();
        plan.Map(app);
    }
}
