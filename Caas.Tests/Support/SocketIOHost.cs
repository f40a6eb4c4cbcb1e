using System.Security.Cryptography.X509Certificates;
using Caas.SocketIO;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Support;

/// <summary>The real Kestrel on a free port with a Socket.IO endpoint and a <see cref="SocketIOTestHandler"/>.</summary>
public sealed class SocketIOHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private SocketIOHost(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Address = new Uri(addresses.Addresses.Single());
        _http = new HttpClient { BaseAddress = new Uri(Address, "/socket.io/"), Timeout = Patience };
    }

    /// <summary>How long a test waits for something that ought to happen.</summary>
    public static TimeSpan Patience => TimeSpan.FromSeconds(20);

    public Uri Address { get; }

    public SocketIOTestHandler Handler => _app.Services.GetRequiredService<SocketIOTestHandler>();

    public SocketIOServer Server => _app.Services.GetRequiredService<SocketIOServer>();

    public static async Task<SocketIOHost> StartAsync(
        Action<SocketIOOptions>? configure = null, TimeProvider? time = null, bool http2 = false, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            }));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSocketIO<SocketIOTestHandler>(options =>
        {
            options.IsOriginAllowed = static (_, _) => ValueTask.FromResult(true);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapSocketIO();
        await app.StartAsync(Ct);
        return new SocketIOHost(app);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string query) => _http.GetAsync(query, Ct);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, Ct);

    public async Task<string> GetTextAsync(string query)
    {
        using var response = await GetAsync(query);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>What SIGTERM does.</summary>
    public void BeginStop() => _app.Lifetime.StopApplication();

    public static async Task Soon(Task task) => await task.WaitAsync(Patience, Ct);

    public static async Task<T> Soon<T>(ValueTask<T> task) => await task.AsTask().WaitAsync(Patience, Ct);

    /// <summary>Yields until the server has read what was sent, for which there is no event.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Server.StopAsync(SocketCloseReason.ServerStopping, farewell: null, stopped.Token);
        await _app.DisposeAsync();
    }
}
