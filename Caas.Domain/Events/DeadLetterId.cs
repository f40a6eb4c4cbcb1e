using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>The id of a dead letter, <c>letter_...</c>: made from what failed, so that the same failure has it again.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<DeadLetterId>))]
public readonly record struct DeadLetterId(Guid Value) : ITypeId<DeadLetterId>
{
    /// <inheritdoc/>
    public static string Prefix => "letter";

    /// <inheritdoc/>
    public static DeadLetterId From(Guid value) => new(value);

    /// <summary>Of a record that a group gave up. Sorted by when the record was appended.</summary>
    public static DeadLetterId Of(string consumer, string topic, int partition, long offset, DateTimeOffset appendedAt) =>
        Make(string.Create(CultureInfo.InvariantCulture, $"{consumer} {topic} {partition} {offset}"), appendedAt);

    /// <summary>Of this letter, replayed in vain: one id, however often the same replay is carried out.</summary>
    public DeadLetterId OfFailedReplay()
    {
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16) & 0xffff_ffff_ffff;
        return Make("replay of " + this, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
    }

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);

    // A UUIDv7 (RFC 9562 section 5.7) whose random part is a hash.
    private static DeadLetterId Make(string name, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes);
        var milliseconds = at.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)(milliseconds >> 32));
        BinaryPrimitives.WriteInt32BigEndian(bytes[2..], (int)milliseconds);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new DeadLetterId(new Guid(bytes[..16], bigEndian: true));
    }
}
