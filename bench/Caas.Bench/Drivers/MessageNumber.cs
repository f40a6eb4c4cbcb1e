using System.Buffers.Text;

namespace Caas.Bench.Drivers;

/// <summary>Which message a packet delivers: the number that its sender put into <c>clientMessageId</c>.</summary>
internal static class MessageNumber
{
    /// <summary>False where the packet is no <c>message.sent</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out long number)
    {
        number = 0;
        if (!packet.StartsWith("42[\"message.sent\""u8))
        {
            return false;
        }

        var name = "\"clientMessageId\":\""u8;
        var at = packet.IndexOf(name);
        if (at < 0 || !Utf8Parser.TryParse(packet[(at + name.Length)..], out number, out _))
        {
            throw new BenchException("A message came without its number.");
        }

        number -= NumberedBytes.Zero;
        return true;
    }
}
