using System.Diagnostics.CodeAnalysis;

namespace Caas.Domain.Ids;

/// <summary>
/// The text form of the ids that the server makes: a prefix, <c>_</c> and a UUIDv7 in 26 characters of Crockford's
/// base32, lower case, most significant bits first. Texts of one prefix sort as their UUIDs do, that is by time.
/// Source: TypeID specification v0.3.0.
/// </summary>
/// <remarks>
/// <c>conv_01kb0hqv8wf2t9y3rm5x6z7a1c</c>: 128 bits need 26 characters of 5 bits (130 bits), so the first character is
/// never above <c>7</c>; a text above it is no TypeID.
/// </remarks>
public static class TypeId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SuffixLength = 26;

    /// <summary>Writes <paramref name="value"/> as <c>prefix_suffix</c>.</summary>
    public static string Format(string prefix, Guid value) =>
        string.Create(prefix.Length + 1 + SuffixLength, (prefix, value), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            span[state.prefix.Length] = '_';
            Encode(state.value, span[(state.prefix.Length + 1)..]);
        });

    /// <summary>Reads a text of exactly this prefix; false for anything else, upper case included.</summary>
    public static bool TryParse(string prefix, [NotNullWhen(true)] ReadOnlySpan<char> text, out Guid value)
    {
        value = default;
        return text.Length == prefix.Length + 1 + SuffixLength
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && text[prefix.Length] == '_'
            && TryDecode(text[(prefix.Length + 1)..], out value);
    }

    /// <summary>Reads a text of the kind's own prefix.</summary>
    public static bool TryParse<TId>(ReadOnlySpan<char> text, out TId id)
        where TId : struct, ITypeId<TId>
    {
        var parsed = TryParse(TId.Prefix, text, out var value);
        id = TId.From(value);
        return parsed;
    }

    private static void Encode(Guid value, Span<char> suffix)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = new UInt128(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        for (var i = SuffixLength - 1; i >= 0; i--)
        {
            suffix[i] = Alphabet[(int)(number & 31)];
            number >>= 5;
        }
    }

    private static bool TryDecode(ReadOnlySpan<char> suffix, out Guid value)
    {
        value = default;
        if (suffix[0] > '7')
        {
            return false;
        }

        UInt128 number = 0;
        foreach (var character in suffix)
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            number = (number << 5) | (uint)digit;
        }

        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        value = new Guid(bytes, bigEndian: true);
        return true;
    }
}
