using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Caas.Domain.Ids;

namespace Caas.Domain.Keys;

/// <summary>
/// The text of an API key: <c>caas_live_</c> + 12 characters by which it is looked up + <c>_</c> + 40 secret characters
/// + <c>_</c> + 6 characters of CRC-32 over all before the last underscore, so that a scanner can tell a leaked key from
/// a look-alike without asking. All characters are base62.
/// </summary>
public sealed record ApiKeyText
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int PublicLength = 12;
    private const int SecretLength = 40;
    private const int ChecksumLength = 6;

    private static readonly SearchValues<char> Base62 = SearchValues.Create(Digits);

    private readonly string _text;

    private ApiKeyText(string text, int publicStart)
    {
        _text = text;
        PublicPart = text.Substring(publicStart, PublicLength);
        Secret = text.Substring(publicStart + PublicLength + 1, SecretLength);
    }

    /// <summary>What every key begins with.</summary>
    public const string Prefix = "caas_";

    /// <summary>The 12 characters by which it is looked up.</summary>
    public string PublicPart { get; }

    private string Secret { get; }

    /// <summary>SHA-256 of the secret characters: what is stored and compared.</summary>
    public byte[] SecretHash() => SHA256.HashData(Encoding.ASCII.GetBytes(Secret));

    /// <summary>A new key of this label.</summary>
    public static ApiKeyText Create(string label, IEntropy entropy)
    {
        var start = $"{Prefix}{label}_";
        var body = $"{start}{Random(PublicLength, entropy)}_{Random(SecretLength, entropy)}";
        return new ApiKeyText($"{body}_{Checksum(body)}", start.Length);
    }

    /// <summary>Reads a key; false where its form or checksum is wrong.</summary>
    public static bool TryParse(string text, out ApiKeyText? key)
    {
        key = null;
        var start = text.StartsWith("caas_live_", StringComparison.Ordinal) || text.StartsWith("caas_test_", StringComparison.Ordinal)
            ? "caas_live_".Length
            : -1;
        if (start < 0 || text.Length != start + PublicLength + 1 + SecretLength + 1 + ChecksumLength)
        {
            return false;
        }

        var secretAt = start + PublicLength + 1;
        var body = text[..(secretAt + SecretLength)];
        var valid = text[secretAt - 1] == '_'
            && text[body.Length] == '_'
            && !text.AsSpan(start, PublicLength).ContainsAnyExcept(Base62)
            && !text.AsSpan(secretAt, SecretLength).ContainsAnyExcept(Base62)
            && text.AsSpan(body.Length + 1).SequenceEqual(Checksum(body));
        if (valid)
        {
            key = new ApiKeyText(text, start);
        }

        return valid;
    }

    /// <summary>The whole key: a secret, for the answer that shows it once.</summary>
    public override string ToString() => _text;

    private static string Random(int length, IEntropy entropy)
    {
        // 248 is the greatest multiple of 62 in a byte: what is above would favour the first digits.
        Span<byte> one = stackalloc byte[1];
        var text = new char[length];
        for (var i = 0; i < length;)
        {
            entropy.Fill(one);
            if (one[0] < 248)
            {
                text[i++] = Digits[one[0] % 62];
            }
        }

        return new string(text);
    }

    private static string Checksum(string body)
    {
        var crc = Crc32(Encoding.ASCII.GetBytes(body));
        var text = new char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(crc % 62)];
            crc /= 62;
        }

        return new string(text);
    }

    // CRC-32 as in ISO 3309 and zlib, bit by bit: 64 bytes, once for each new or unknown key.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
            }
        }

        return ~crc;
    }
}
