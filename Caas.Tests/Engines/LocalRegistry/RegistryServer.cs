using Caas.Engines.LocalRegistry;
using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Engines.LocalRegistry;

/// <summary>The local registry's HTTP face on a port of its own.</summary>
internal sealed class RegistryServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;

    private RegistryServer(string folder, WebApplication app)
    {
        _folder = folder;
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = app.Urls.Single() });
    }

    /// <summary>A plain client.</summary>
    public HttpClient Http { get; }

    /// <summary>Confluent's own client.</summary>
    public CachedSchemaRegistryClient Client { get; }

    /// <summary>What stands behind it.</summary>
    public LocalSchemaRegistry Registry => _app.Services.GetRequiredService<LocalSchemaRegistry>();

    public static async Task<RegistryServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("caas-registry-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLocalSchemaRegistry(folder);
        var app = builder.Build();
        app.MapLocalSchemaRegistry();
        await app.StartAsync(cancellationToken);
        return new RegistryServer(folder, app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
