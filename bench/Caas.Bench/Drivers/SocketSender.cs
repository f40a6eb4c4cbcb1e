using System.Text;

namespace Caas.Bench.Drivers;

/// <summary>Sends by <c>message.send</c> and waits for the acknowledgement; what is delivered meanwhile is counted.</summary>
internal sealed class SocketSender : ISender
{
    private readonly SocketWire _wire;
    private readonly NumberedBytes _frame;
    private readonly NumberedBytes _acknowledged = new(Encoding.ASCII.GetBytes($"43{NumberedBytes.Mark}[{{\"ok\":true"));

    private SocketSender(SocketWire wire, string conversation)
    {
        _wire = wire;
        _frame = new NumberedBytes(ChatText.Frame(conversation));
    }

    /// <summary>Messages of the sender's conversations that reached this socket.</summary>
    public long Deliveries { get; private set; }

    public static async Task<SocketSender> ConnectAsync(
        Uri url, string token, string conversation, CancellationToken cancellationToken) =>
        new(await SocketWire.ConnectAsync(url, token, cancellationToken), conversation);

    /// <inheritdoc/>
    public async ValueTask SendAsync(long number, CancellationToken cancellationToken)
    {
        await _wire.SendAsync(_frame.With(number), cancellationToken);
        while (true)
        {
            var packet = await _wire.ReadAsync(cancellationToken);
            if (packet.Span.StartsWith("43"u8))
            {
                Check(packet.Span, number);
                return;
            }

            Deliveries += MessageNumber.TryRead(packet.Span, out _) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    private void Check(ReadOnlySpan<byte> packet, long number)
    {
        if (!packet.StartsWith(_acknowledged.With(number).Span))
        {
            throw new BenchException($"Not acknowledged: {Encoding.UTF8.GetString(packet)}");
        }
    }
}
