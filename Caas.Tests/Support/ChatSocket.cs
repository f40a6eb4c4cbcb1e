using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Caas.Tests.Support;

/// <summary>
/// A small Socket.IO client (Engine.IO 4, WebSocket only): keeps every event in the order of its arrival, so that a wait
/// may be armed before or after it.
/// </summary>
public sealed class ChatSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly Lock _lock = new();
    private readonly List<SocketEvent> _events = [];
    private readonly List<(Func<SocketEvent, bool> Matches, TaskCompletionSource<SocketEvent> Seen)> _waits = [];
    private readonly Dictionary<int, TaskCompletionSource<JsonElement>> _acknowledgements = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastId;
    private bool _isClosed;

    private ChatSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>Every event so far.</summary>
    public IReadOnlyList<SocketEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Connects; a refusal is a <see cref="SocketRefusedException"/>.</summary>
    public static async Task<ChatSocket> ConnectAsync(
        Uri url, string? token, Action<SocketEvent>? observer = null, string? traceParent = null)
    {
        using var patience = Patience();
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("traceparent", traceParent);
            await socket.ConnectAsync(
                new Uri($"ws://{url.Authority}/socket.io/?EIO=4&transport=websocket"), patience.Token);
            var chat = new ChatSocket(socket) { Observer = observer };
            (await chat.ReadAsync(patience.Token)).ShouldNotBeNull().ShouldStartWith("0{");
            await chat.WriteAsync("40" + (token is null ? "" : JsonSerializer.Serialize(new { token })), patience.Token);
            var answer = (await chat.ReadAsync(patience.Token)).ShouldNotBeNull();
            if (answer.StartsWith("44", StringComparison.Ordinal))
            {
                throw new SocketRefusedException(JsonElement.Parse(answer.AsSpan(2)));
            }

            answer.ShouldStartWith("40{");
            _ = chat.RunAsync();
            return chat;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends an event and gives its acknowledgement.</summary>
    public async Task<JsonElement> EmitAsync(string name, object argument)
    {
        using var patience = Patience();
        var answered = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_lock)
        {
            id = ++_lastId;
            _acknowledgements.Add(id, answered);
            if (_isClosed)
            {
                answered.TrySetException(new WebSocketException("The socket is closed."));
            }
        }

        var packet = JsonSerializer.Serialize(new[] { name, argument }, JsonSerializerOptions.Web);
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"42{id}{packet}"), patience.Token);
        return await answered.Task.WaitAsync(patience.Token);
    }

    /// <summary>The first event with this name that fits, past or to come.</summary>
    public async Task<JsonElement> WaitForAsync(string name, Func<JsonElement, bool>? matches = null) =>
        (await WaitForAnyAsync(0, e => e.Name == name && (matches is null || matches(e.Argument)))).Argument;

    /// <summary>The first event that fits, of those after the first <paramref name="skip"/>, past or to come.</summary>
    public async Task<SocketEvent> WaitForAnyAsync(int skip, Func<SocketEvent, bool> matches)
    {
        Task<SocketEvent> wait;
        lock (_lock)
        {
            if (_events.Skip(skip).FirstOrDefault(matches) is { } past)
            {
                return past;
            }

            var seen = new TaskCompletionSource<SocketEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_isClosed)
            {
                seen.TrySetException(new WebSocketException("The socket is closed; what was waited for did not come."));
            }

            _waits.Add((matches, seen));
            wait = seen.Task;
        }

        return await wait.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    /// <summary>The <c>message.sent</c> with this text.</summary>
    public Task<JsonElement> WaitForMessageAsync(string text) => WaitForAsync(
        "message.sent",
        envelope => envelope.GetProperty("data").GetProperty("message").GetProperty("text").GetString() == text);

    /// <summary>Waits until the server has closed the connection, or it broke.</summary>
    public async Task WaitForCloseAsync() => await _closed.Task.WaitAsync(SocketIOHost.Patience, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await WaitForCloseAsync();
        _socket.Dispose();
        _writing.Dispose();
    }

    private Action<SocketEvent>? Observer { get; init; }

    private static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(SocketIOHost.Patience);
        return patience;
    }

    private async Task RunAsync()
    {
        try
        {
            while (await ReadAsync(CancellationToken.None) is { } packet)
            {
                await HandleAsync(packet);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken or aborted: the same as closed.
        }

        Close();
    }

    private async Task HandleAsync(string packet)
    {
        if (packet is "2")
        {
            await WriteAsync("3", CancellationToken.None);
        }
        else if (packet.StartsWith("42", StringComparison.Ordinal))
        {
            var json = JsonElement.Parse(packet.AsSpan(2));
            Add(new SocketEvent(json[0].GetString()!, json.GetArrayLength() > 1 ? json[1] : default));
        }
        else if (packet.StartsWith("43", StringComparison.Ordinal))
        {
            var start = packet.IndexOf('[', StringComparison.Ordinal);
            var id = int.Parse(packet.AsSpan(2, start - 2), CultureInfo.InvariantCulture);
            lock (_lock)
            {
                _acknowledgements[id].TrySetResult(JsonElement.Parse(packet.AsSpan(start))[0]);
            }
        }
    }

    private void Add(SocketEvent e)
    {
        Observer?.Invoke(e);
        lock (_lock)
        {
            _events.Add(e);
            foreach (var (matches, seen) in _waits)
            {
                if (matches(e))
                {
                    seen.TrySetResult(e);
                }
            }
        }
    }

    private void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var answered in _acknowledgements.Values)
            {
                answered.TrySetException(new WebSocketException("The socket is closed."));
            }

            foreach (var (_, seen) in _waits)
            {
                seen.TrySetException(new WebSocketException("The socket is closed."));
            }
        }

        _closed.TrySetResult();
    }

    private async Task WriteAsync(string packet, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(
                Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var packet = await _socket.ReadTextAsync(cancellationToken);
        if (packet is null)
        {
            // The handshake of the close: a server that drains waits for it.
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken);
        }

        return packet;
    }
}

/// <summary>An event as it came.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Argument">Its first argument.</param>
public sealed record SocketEvent(string Name, JsonElement Argument);

/// <summary>The server did not let a socket in.</summary>
/// <param name="error">What <c>connect_error</c> gives: <c>message</c> and <c>data</c>.</param>
public sealed class SocketRefusedException(JsonElement error) : Exception(error.ToString())
{
    public JsonElement Error => error;
}
