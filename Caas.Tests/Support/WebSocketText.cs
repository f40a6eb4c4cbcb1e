using System.Net.WebSockets;
using System.Text;

namespace Caas.Tests.Support;

/// <summary>Whole text messages of a WebSocket.</summary>
internal static class WebSocketText
{
    /// <summary>The next one; null where the server closes.</summary>
    public static async Task<string?> ReadTextAsync(this WebSocket socket, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16_384];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            await message.WriteAsync(buffer.AsMemory(0, part.Count), cancellationToken);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }
}
