using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Caas.SocketIO.WebSockets;

/// <summary>Takes the mask off what a client sent (RFC 6455, section 5.3).</summary>
internal static class WebSocketMask
{
    /// <summary>Copies the bytes without their mask.</summary>
    /// <param name="masked">The next bytes of a payload.</param>
    /// <param name="destination">As long at least.</param>
    /// <param name="mask">As it stands at the first of the bytes.</param>
    /// <returns>The mask as it stands after them.</returns>
    public static uint Remove(in ReadOnlySequence<byte> masked, Span<byte> destination, uint mask)
    {
        foreach (var part in masked)
        {
            mask = Remove(part.Span, destination, mask);
            destination = destination[part.Length..];
        }

        return mask;
    }

    private static uint Remove(ReadOnlySpan<byte> masked, Span<byte> destination, uint mask)
    {
        var wide = mask | ((ulong)mask << 32);
        var words = MemoryMarshal.Cast<byte, ulong>(masked);
        for (var i = 0; i < words.Length; i++)
        {
            MemoryMarshal.Write(destination[(i * sizeof(ulong))..], words[i] ^ wide);
        }

        for (var i = words.Length * sizeof(ulong); i < masked.Length; i++)
        {
            destination[i] = (byte)(masked[i] ^ (mask >> (8 * (i % 4))));
        }

        // Little-endian, as the mask was read: the byte whose turn it is stands lowest.
        return BitOperations.RotateRight(mask, 8 * (masked.Length % 4));
    }
}
