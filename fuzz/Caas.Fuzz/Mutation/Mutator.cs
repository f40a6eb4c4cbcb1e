using System.Buffers.Binary;
using System.Text;

namespace Caas.Fuzz.Mutation;

/// <summary>
/// Makes inputs out of inputs: one to sixteen small changes, each chosen by the random source. Not thread-safe.
/// </summary>
internal sealed class Mutator
{
    private const int MaxBlock = 64;
    private const int MaxRepeats = 512;

    // Where lengths, counts and signs go wrong: around nothing, around every width, and what no width holds.
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 16, 31, 32, 63, 64, 100, 127, 128, -128, 255, 256, 1000, 1024, 4096, 32767, 32768, -32768, 65535, 65536,
        int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 9_007_199_254_740_991, 9_007_199_254_740_992, long.MaxValue, long.MinValue,
    ];

    private static readonly byte[][] Numbers =
        [.. Integers.Select(static number => Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture))), [.. "18446744073709551616"u8], [.. "1e400"u8], [.. "0.5"u8], [.. "-0"u8], [.. "00"u8]];

    private readonly RandomSource _random;
    private readonly IReadOnlyList<byte[]> _tokens;
    private readonly MutationBuffer _buffer;
    private readonly Action[] _changes;
    private byte[] _other = [];

    /// <summary>Makes inputs of at most so many bytes.</summary>
    public Mutator(RandomSource random, IReadOnlyList<byte[]> tokens, int maxBytes)
    {
        _random = random;
        _tokens = tokens;
        _buffer = new MutationBuffer(maxBytes);
        _changes =
        [
            FlipBit, SetByte, AddToByte, WriteInteger, WriteInteger, PutNumber, RemoveBlock, RemoveBlock, CopyBlock, MoveBlock,
            PutToken, PutToken, PutToken, InsertBytes, Repeat, Splice, TakeFromOther, Cut,
        ];
    }

    /// <summary>A new input out of this one, and perhaps of parts of the other.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        _other = other;
        _buffer.Set(input);
        for (var left = 1 << _random.Below(5); left > 0; left--)
        {
            _changes[_random.Below(_changes.Length)]();
        }

        return _buffer.Bytes.ToArray();
    }

    private void FlipBit() => Change(static (value, random) => (byte)(value ^ (1 << random.Below(8))));

    private void SetByte() => Change(static (_, random) => random.NextByte());

    private void AddToByte() => Change(static (value, random) => (byte)(value + random.Below(33) - 16));

    private void Change(Func<byte, RandomSource, byte> change)
    {
        if (_buffer.Length > 0)
        {
            ref var value = ref _buffer.Bytes[_random.Below(_buffer.Length)];
            value = change(value, _random);
        }
    }

    // One, two, four or eight bytes, either end first.
    private void WriteInteger()
    {
        Span<byte> bytes = stackalloc byte[8];
        var number = Integers[_random.Below(Integers.Length)];
        var width = 1 << _random.Below(4);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        if (_random.Below(2) == 0)
        {
            bytes[..width].Reverse();
        }

        _buffer.Overwrite(Place(), bytes[..width]);
    }

    private void PutNumber() => Put(Numbers[_random.Below(Numbers.Length)]);

    private void PutToken()
    {
        if (_tokens.Count > 0)
        {
            Put(_tokens[_random.Below(_tokens.Count)]);
        }
    }

    private void RemoveBlock()
    {
        var (at, count) = Block(_buffer.Length);
        _buffer.Remove(at, count);
    }

    private void CopyBlock() => Put(Block(_buffer.Bytes).ToArray());

    private void MoveBlock()
    {
        var (at, count) = Block(_buffer.Length);
        var block = _buffer.Bytes.Slice(at, count).ToArray();
        _buffer.Remove(at, count);
        _buffer.Insert(Place(), block);
    }

    private void InsertBytes()
    {
        Span<byte> bytes = stackalloc byte[1 + _random.Below(8)];
        foreach (ref var value in bytes)
        {
            value = _random.NextByte();
        }

        _buffer.Insert(Place(), bytes);
    }

    // Nesting and long runs.
    private void Repeat()
    {
        var token = _tokens.Count > 0 && _random.Below(2) == 0 ? _tokens[_random.Below(_tokens.Count)] : [_random.NextByte()];
        var at = Place();
        for (var left = _random.Below(MaxRepeats); left > 0; left--)
        {
            _buffer.Insert(at, token);
        }
    }

    private void Splice()
    {
        var at = Place();
        _buffer.Remove(at, _buffer.Length - at);
        _buffer.Insert(at, _other.AsSpan(_random.Below(_other.Length + 1)));
    }

    private void TakeFromOther() => Put(Block(_other));

    private void Cut()
    {
        var at = Place();
        _buffer.Remove(at, _buffer.Length - at);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (_random.Below(3) == 0)
        {
            _buffer.Overwrite(Place(), bytes);
        }
        else
        {
            _buffer.Insert(Place(), bytes);
        }
    }

    private int Place() => _random.Below(_buffer.Length + 1);

    private ReadOnlySpan<byte> Block(ReadOnlySpan<byte> bytes)
    {
        var (at, count) = Block(bytes.Length);
        return bytes.Slice(at, count);
    }

    private (int At, int Count) Block(int length)
    {
        var at = _random.Below(length + 1);
        return (at, _random.Below(Math.Min(MaxBlock, length - at) + 1));
    }
}
