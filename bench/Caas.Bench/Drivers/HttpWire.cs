using System.Buffers.Text;
using System.Text;

namespace Caas.Bench.Drivers;

/// <summary>
/// One kept connection that sends requests made beforehand, one at a time, and reads whole answers. Costs a fraction of
/// an <see cref="HttpClient"/>, so that the driver keeps up with the server from one core. Bodies have a Content-Length.
/// </summary>
internal sealed class HttpWire : IDisposable
{
    private const int BufferBytes = 8 * 1024;
    private const int StatusAt = 9;

    private readonly Tcp _tcp;

    private HttpWire(Tcp tcp) => _tcp = tcp;

    public static async Task<HttpWire> ConnectAsync(Uri url, CancellationToken cancellationToken) =>
        new(await Tcp.ConnectAsync(url, BufferBytes, cancellationToken));

    /// <summary>Sends a request and gives the answer's body, valid until the next call; an exception for another status.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> SendAsync(
        ReadOnlyMemory<byte> request, int status, CancellationToken cancellationToken)
    {
        await _tcp.SendAsync(request, cancellationToken);
        int head;
        while ((head = _tcp.Received.Span.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await _tcp.ReceiveAsync(cancellationToken);
        }

        var length = head + 4 + ContentLength(_tcp.Received.Span[..(head + 2)]);
        while (_tcp.Received.Length < length)
        {
            await _tcp.ReceiveAsync(cancellationToken);
        }

        var answer = _tcp.Received[..length];
        _tcp.Take(length);
        return Utf8Parser.TryParse(answer.Span[StatusAt..], out int given, out _) && given == status
            ? answer[(head + 4)..]
            : throw new BenchException($"Not {status}: {Encoding.UTF8.GetString(answer.Span)}");
    }

    public void Dispose() => _tcp.Dispose();

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "content-length: "u8;
        for (var at = head.IndexOf("\r\n"u8) + 2; at < head.Length; at += head[at..].IndexOf("\r\n"u8) + 2)
        {
            if (head.Length > at + name.Length && Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                return Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : 0;
            }
        }

        throw new BenchException($"No Content-Length: {Encoding.UTF8.GetString(head)}");
    }
}
