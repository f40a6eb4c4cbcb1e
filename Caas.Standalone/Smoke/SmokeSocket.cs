using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Caas.Standalone.Smoke;

/// <summary>
/// The least of a Socket.IO client that is still one: Engine.IO 4 over a WebSocket, one namespace, acknowledgements,
/// pings; and of a device: where it is told <c>sync.required</c> it syncs. One caller at a time.
/// </summary>
internal sealed class SmokeSocket : IAsyncDisposable
{
    private const int MostWaiting = 1000;

    private readonly SmokeWire _wire = new();
    private readonly Channel<(string Name, JsonElement Event)> _events =
        Channel.CreateBounded<(string Name, JsonElement Event)>(MostWaiting);

    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource<JsonElement> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private string? _cursor;
    private int _lastId;

    private SmokeSocket()
    {
    }

    /// <summary>Connects as a user; the step fails where the server does not let the token in.</summary>
    public static async Task<SmokeSocket> ConnectAsync(SmokeHttp http, string token, CancellationToken cancellationToken)
    {
        var socket = new SmokeSocket();
        try
        {
            await socket.OpenAsync(http, token, cancellationToken);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a device that knows everything until now begins to sync.</summary>
    public void StartAt(string cursor) => _cursor = cursor;

    /// <summary>The next event of this name that fits; what comes before it is passed over.</summary>
    public async Task<JsonElement> ExpectAsync(string name, Func<JsonElement, bool> fits, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (came, occurred) = await NextAsync(name, cancellationToken);
            if (came == name && fits(occurred))
            {
                return occurred;
            }

            if (came == "sync.required" && await SyncAsync(name, fits, cancellationToken) is { } missed)
            {
                return missed;
            }
        }
    }

    /// <summary>Sends a command and gives its acknowledgement.</summary>
    public async Task<JsonElement> EmitAsync(string name, JsonObject body, CancellationToken cancellationToken)
    {
        var acknowledged = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _acknowledged, acknowledged);
        var packet = new JsonArray(name, body).ToJsonString();
        await _wire.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"42{++_lastId}{packet}"), cancellationToken);
        return await acknowledged.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _reading;
        _wire.Dispose();
        _closing.Dispose();
    }

    private async Task OpenAsync(SmokeHttp http, string token, CancellationToken cancellationToken)
    {
        await _wire.ConnectAsync(http, cancellationToken);
        await ExpectPacketAsync("0{", "the opening of Engine.IO", cancellationToken);
        await _wire.WriteAsync("40" + new JsonObject { ["token"] = token }.ToJsonString(), cancellationToken);
        await ExpectPacketAsync("40{", "the namespace to let the token in", cancellationToken);
        _reading = ReadAsync(_closing.Token);
    }

    private async Task ExpectPacketAsync(string start, string what, CancellationToken cancellationToken)
    {
        var packet = await _wire.ReadAsync(cancellationToken);
        if (packet?.StartsWith(start, StringComparison.Ordinal) != true)
        {
            // Packet types alone: "44" is a refused namespace.
            throw new SmokeFailureException(what, packet is { Length: > 1 } ? $"a packet of type {packet[..2]}" : "the end of the connection");
        }
    }

    private async Task<(string Name, JsonElement Event)> NextAsync(string waitedFor, CancellationToken cancellationToken)
    {
        try
        {
            return await _events.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new SmokeFailureException(waitedFor, "the end of the connection");
        }
    }

    private async Task<JsonElement?> SyncAsync(string name, Func<JsonElement, bool> fits, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await EmitAsync(
                "sync.request", _cursor is null ? [] : new JsonObject { ["cursor"] = _cursor }, cancellationToken);
            _cursor = answer.TextAt("cursor") ?? throw new SmokeFailureException("a cursor from sync.request", "none");
            foreach (var change in answer.ListAt("changes"))
            {
                if (change.TextAt("type") == name && fits(change))
                {
                    return change;
                }
            }

            if (answer.At("hasMore").ValueKind != JsonValueKind.True)
            {
                return null;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _wire.ReadAsync(cancellationToken) is { } packet)
            {
                await TakeAsync(packet, cancellationToken);
            }
        }
        catch (Exception ended) when (ended is WebSocketException or OperationCanceledException or JsonException or SmokeFailureException)
        {
            // Whoever waits is told below.
        }

        _events.Writer.TryComplete();
        Volatile.Read(ref _acknowledged).TrySetException(new SmokeFailureException("an acknowledgement", "the end of the connection"));
    }

    // "2" is a ping; "42["name",{...}]" an event; "43<id>[{...}]" an acknowledgement.
    private async Task TakeAsync(string packet, CancellationToken cancellationToken)
    {
        if (packet == "2")
        {
            await _wire.WriteAsync("3", cancellationToken);
        }
        else if (packet.StartsWith("42[", StringComparison.Ordinal) && JsonElement.Parse(packet.AsSpan(2)) is var occurred
            && occurred.GetArrayLength() > 0 && occurred[0].ValueKind == JsonValueKind.String)
        {
            await _events.Writer.WriteAsync(
                (occurred[0].GetString()!, occurred.GetArrayLength() > 1 ? occurred[1] : default), cancellationToken);
        }
        else if (packet.StartsWith("43", StringComparison.Ordinal) && packet.IndexOf('[', StringComparison.Ordinal) is > 1 and var at
            && JsonElement.Parse(packet.AsSpan(at)) is var answer && answer.GetArrayLength() > 0)
        {
            Volatile.Read(ref _acknowledged).TrySetResult(answer[0]);
        }
    }
}
