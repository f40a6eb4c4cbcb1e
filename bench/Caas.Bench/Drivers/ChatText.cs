using System.Text;

namespace Caas.Bench.Drivers;

/// <summary>The message that every benchmark sends, 72 characters long.</summary>
internal static class ChatText
{
    private const string Text = "The quick brown fox jumps over the lazy dog, again and again and again..";

    /// <summary>The body of a send, to be numbered.</summary>
    public static string Body(string conversation) =>
        $$"""{"conversationId":"{{conversation}}","clientMessageId":"{{NumberedBytes.Mark}}","text":"{{Text}}"}""";

    /// <summary>The frame of a send; the acknowledgement carries the same number, to be numbered.</summary>
    public static byte[] Frame(string conversation) =>
        SocketWire.Frame($"42{NumberedBytes.Mark}[\"message.send\",{Body(conversation)}]");

    /// <summary>What an answer to a send contains, to be numbered.</summary>
    public static byte[] Proof() => Encoding.ASCII.GetBytes($"\"clientMessageId\":\"{NumberedBytes.Mark}\"");
}
