using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Caas.Domain.Validation;

/// <summary>
/// Makes cursors that nobody can read meaning into or alter: base64url of a 16-byte HMAC-SHA-256 (RFC 2104, truncated)
/// and the payload. The HMAC also covers the scope (query and caller), so that a cursor is good for these alone.
/// </summary>
/// <param name="key">32 secret bytes of this deployment.</param>
public sealed class CursorSeal(ReadOnlyMemory<byte> key)
{
    private const int MacBytes = 16;
    private const int MaxLength = 1024;

    /// <summary>The cursor of a payload.</summary>
    public string Seal(string scope, string payload)
    {
        var content = Encoding.UTF8.GetBytes(payload);
        var bytes = new byte[MacBytes + content.Length];
        Sign(scope, content, bytes);
        content.CopyTo(bytes, MacBytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The payload of a cursor; null where it was altered, or sealed for another scope.</summary>
    public string? Open(string scope, string cursor)
    {
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length < MacBytes)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[MacBytes];
        Sign(scope, bytes.AsSpan(MacBytes), expected);

        // Base64 has several texts for the same bytes: padded, spaced, with bits after the end. One of them was given out.
        return CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(0, MacBytes))
            && Base64Url.EncodeToString(bytes) == cursor
            ? Encoding.UTF8.GetString(bytes, MacBytes, bytes.Length - MacBytes)
            : null;
    }

    private void Sign(string scope, ReadOnlySpan<byte> content, Span<byte> mac)
    {
        // The scope ends with a byte that UTF-8 never holds, so that no scope runs into a payload.
        var signed = new byte[Encoding.UTF8.GetByteCount(scope) + 1 + content.Length];
        var length = Encoding.UTF8.GetBytes(scope, signed);
        signed[length] = 0xFF;
        content.CopyTo(signed.AsSpan(length + 1));
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, signed, full);
        full[..MacBytes].CopyTo(mac);
    }
}
