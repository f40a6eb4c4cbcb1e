using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>The hashes of a message's content, both under a salt that is erased with it.</summary>
public static class MessageLeaf
{
    /// <summary>The length of a salt, in bytes.</summary>
    public const int SaltBytes = 16;

    /// <summary>
    /// The leaf in the conversation's Merkle tree: SHA-256(0x00, salt, canonical JSON). The JSON is RFC 8785:
    /// <c>{"attachments":[],"conversationId":"conv_...","senderId":"ann","sequence":1,"text":"hi"}</c>, text null where
    /// there is none.
    /// </summary>
    public static byte[] Hash(
        ReadOnlySpan<byte> salt, ConversationId conversationId, long sequence, UserId senderId, string? text,
        IReadOnlyList<FileId> attachments)
    {
        var entry = new ArrayBufferWriter<byte>(256 + ((text?.Length ?? 0) * 3));
        entry.Write("\0"u8);
        entry.Write(salt);
        entry.Write("{\"attachments\":["u8);
        for (var i = 0; i < attachments.Count; i++)
        {
            entry.Write(i == 0 ? ""u8 : ","u8);
            WriteString(entry, attachments[i].ToString());
        }

        entry.Write("],\"conversationId\":"u8);
        WriteString(entry, conversationId.ToString());
        entry.Write(",\"senderId\":"u8);
        WriteString(entry, senderId.Value);
        entry.Write(",\"sequence\":"u8);
        sequence.TryFormat(entry.GetSpan(20), out var digits, provider: System.Globalization.CultureInfo.InvariantCulture);
        entry.Advance(digits);
        entry.Write(",\"text\":"u8);
        WriteText(entry, text);
        entry.Write("}"u8);
        return SHA256.HashData(entry.WrittenSpan);
    }

    /// <summary>
    /// What tells a repeated send from a reused <c>clientMessageId</c>: 16 bytes over the whole content as sent.
    /// </summary>
    public static byte[] Fingerprint(ReadOnlySpan<byte> salt, MessageContent content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        AppendPart(hash, content.Text);
        AppendPart(hash, content.ReplyTo?.ToString());
        AppendPart(hash, content.Attributes?.GetRawText());
        foreach (var file in content.Attachments)
        {
            AppendPart(hash, file.ToString());
        }

        AppendPart(hash, null);
        foreach (var user in content.Mentions)
        {
            AppendPart(hash, user.Value);
        }

        return hash.GetHashAndReset()[..16];
    }

    // Length first, so that no two lists of parts have the same bytes; -1 is no text.
    private static void AppendPart(IncrementalHash hash, string? part)
    {
        var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
        hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
        hash.AppendData(bytes);
    }

    private static void WriteText(ArrayBufferWriter<byte> entry, string? text)
    {
        if (text is null)
        {
            entry.Write("null"u8);
            return;
        }

        WriteString(entry, text);
    }

    // RFC 8785 section 3.2.2.2: only ", \ and the controls are escaped, seven of them with two characters.
    private static void WriteString(ArrayBufferWriter<byte> entry, string text)
    {
        entry.Write("\""u8);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Escaped) is var at and >= 0)
        {
            Encoding.UTF8.GetBytes(rest[..at], entry);
            entry.Write(Escape(rest[at]));
            rest = rest[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, entry);
        entry.Write("\""u8);
    }

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private static ReadOnlySpan<byte> Escape(char character) => character switch
    {
        '"' => "\\\""u8,
        '\\' => @"\\"u8,
        '\b' => "\\b"u8,
        '\f' => "\\f"u8,
        '\n' => "\\n"u8,
        '\r' => "\\r"u8,
        '\t' => "\\t"u8,
        _ => Encoding.ASCII.GetBytes($"\\u{(int)character:x4}"),
    };
}

/// <summary>What a sender says.</summary>
/// <param name="Text">The text; null for none.</param>
/// <param name="Attachments">The files.</param>
/// <param name="ReplyTo">The message that it answers; null for none.</param>
/// <param name="Mentions">The users whom it mentions.</param>
/// <param name="Attributes">The client's own words; null for none.</param>
public sealed record MessageContent(
    string? Text,
    IReadOnlyList<FileId> Attachments,
    MessageId? ReplyTo,
    IReadOnlyList<UserId> Mentions,
    JsonElement? Attributes);
