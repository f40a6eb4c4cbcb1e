using System.Net.WebSockets;
using Caas.SocketIO.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>Takes every request of the endpoint, checks it in the order of the reference server and routes it.</summary>
internal sealed class EngineEndpoint(SocketServices services)
{
    private const string Polling = "polling";
    private const string WebSocketName = "websocket";

    private readonly OriginPolicy _origins = new(services);

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!await _origins.TryAdmitAsync(context))
        {
            await EngineError.Forbidden.WriteAsync(context);
            return;
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            OriginPolicy.AnswerPreflight(context);
            return;
        }

        var query = context.Request.Query;
        var transport = query["transport"].ToString();
        if (transport is not WebSocketName && !(transport is Polling && services.Options.AllowPolling))
        {
            await EngineError.UnknownTransport.WriteAsync(context);
            return;
        }

        if (query["EIO"].ToString() is not "4")
        {
            await EngineError.UnsupportedVersion.WriteAsync(context);
            return;
        }

        await (query.ContainsKey("sid")
            ? ContinueAsync(context, transport, query["sid"].ToString())
            : OpenAsync(context, transport));
    }

    private async Task ContinueAsync(HttpContext context, string transport, string sid)
    {
        if (services.Sessions.Find(sid) is not { } session)
        {
            await EngineError.UnknownSession.WriteAsync(context);
        }
        else if (transport is WebSocketName)
        {
            await UpgradeAsync(context, session);
        }
        else if (session.Polling is not { } polling)
        {
            await EngineError.BadRequest.WriteAsync(context);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            await polling.GetAsync(context);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await polling.PostAsync(context);
        }
        else
        {
            await EngineError.BadRequest.WriteAsync(context);
        }
    }

    // Not async: a socket would hold one state machine more as long as it lives.
    private Task OpenAsync(HttpContext context, string transport)
    {
        var isWebSocket = context.WebSockets.IsWebSocketRequest;
        if (!HttpMethods.IsGet(context.Request.Method) && !(transport is WebSocketName && isWebSocket))
        {
            return EngineError.BadHandshakeMethod.WriteAsync(context);
        }

        if (isWebSocket != (transport is WebSocketName))
        {
            return EngineError.BadRequest.WriteAsync(context);
        }

        if (!services.Sessions.TryReserve())
        {
            Log.Full(services.Logger, services.Options.MaxConnections);
            context.Response.Headers.RetryAfter = "5";
            return EngineError.Full.WriteAsync(context);
        }

        return isWebSocket ? OpenWebSocketAsync(context) : OpenPollingAsync(context);
    }

    private async Task OpenPollingAsync(HttpContext context)
    {
        var session = new EngineSession(
            services, ConnectionFacts.Of(context), session => new PollingTransport(session, services));
        session.SendControl(EngineHandshake.Open(session.Sid, upgradable: true, services.Options));
        Register(session);
        await session.Polling!.GetAsync(context);
    }

    private async Task OpenWebSocketAsync(HttpContext context)
    {
        var facts = ConnectionFacts.Of(context);
        WebSocket socket;
        try
        {
            socket = await AcceptAsync(context);
        }
        catch
        {
            services.Sessions.Release();
            throw;
        }

        WebSocketTransport? transport = null;
        var session = new EngineSession(
            services, facts, session => transport = new WebSocketTransport(session, socket, LifetimeOf(context), services));
        session.SendControl(EngineHandshake.Open(session.Sid, upgradable: false, services.Options));
        Register(session);
        await transport!.RunAsync();
    }

    private void Register(EngineSession session)
    {
        services.Sessions.Add(session);
        Log.SessionOpened(services.Logger, session.Facts.RemoteAddress, session.Transport.Name);
        if (session.HasEnded)
        {
            // It broke while the open packet was sent, before there was anything to remove.
            services.Sessions.Remove(session);
        }
        else if (services.Sessions.IsStopped)
        {
            // The stop has walked without it.
            session.Close(SocketCloseReason.ServerStopping);
        }
    }

    private async Task UpgradeAsync(HttpContext context, EngineSession session)
    {
        var probe = new UpgradeProbe(LifetimeOf(context), services.Time);
        if (!context.WebSockets.IsWebSocketRequest || !session.TryBeginProbe(probe))
        {
            await EngineError.BadRequest.WriteAsync(context);
            return;
        }

        try
        {
            var socket = await AcceptAsync(context);
            var transport = new WebSocketTransport(session, socket, LifetimeOf(context), services);
            if (await probe.RunAsync(session, transport))
            {
                await transport.RunAsync();
            }
        }
        catch (Exception failure) when (WebSocketTransport.IsLost(failure))
        {
            // The probe is lost, the session goes on polling.
        }
        finally
        {
            session.EndProbe(probe);
        }
    }

    private static IHttpRequestLifetimeFeature LifetimeOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();

    // Without compression: it costs memory for every socket and cannot be shared by a broadcast. Without keep-alive
    // frames: Engine.IO has its own.
    private static Task<WebSocket> AcceptAsync(HttpContext context) => context.WebSockets.AcceptWebSocketAsync(
        new WebSocketAcceptContext { DangerousEnableCompression = false, KeepAliveInterval = TimeSpan.Zero });
}
