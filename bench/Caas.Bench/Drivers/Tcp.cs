using System.Net.Sockets;

namespace Caas.Bench.Drivers;

/// <summary>What the two wires share: one connection, and a buffer that grows to the longest answer.</summary>
internal sealed class Tcp : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer;
    private int _start;
    private int _end;

    private Tcp(Socket socket, int bufferBytes)
    {
        _socket = socket;
        _buffer = new byte[bufferBytes];
    }

    /// <summary>What was received and not taken yet; valid until the next <see cref="ReceiveAsync"/>.</summary>
    public ReadOnlyMemory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    public static async Task<Tcp> ConnectAsync(Uri url, int bufferBytes, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.Host, url.Port, cancellationToken);
            return new Tcp(socket, bufferBytes);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>Receives something more; an exception where the peer has closed.</summary>
    public async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken);
        _end += read;
        if (read == 0)
        {
            throw new BenchException("The server closed a connection.");
        }
    }

    /// <summary>Takes so many bytes from the front of what was received.</summary>
    public void Take(int count) => _start += count;

    public void Dispose() => _socket.Dispose();

    private void MakeRoom()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length)
        {
            var target = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            Received.Span.CopyTo(target);
            (_buffer, _start, _end) = (target, 0, _end - _start);
        }
    }
}
