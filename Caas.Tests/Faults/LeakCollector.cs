using System.Collections.Concurrent;
using System.Net;
using Caas.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Faults;

/// <summary>An OTLP collector that keeps what it is sent as it comes: strings stand in protobuf as they are.</summary>
internal sealed class LeakCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _received = [];

    private LeakCollector(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public IReadOnlyList<byte[]> Received => [.. _received];

    public static async Task<LeakCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new LeakCollector(builder.Build());
        collector._app.Run(collector.ReceiveAsync);
        await collector._app.StartAsync(SocketIOHost.Ct);
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue([.. System.Text.Encoding.UTF8.GetBytes(context.Request.Path + "\n"), .. body.ToArray()]);
        context.Response.ContentType = "application/x-protobuf";
    }
}
