using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace Caas.Tests.Support.MongoWireServer.Protocol;

/// <summary>
/// A message of MongoDB's wire protocol: a header of four 32-bit numbers (length, id, the id that it answers, opcode), then
/// OP_MSG (flags, sections) or, for the first hello of a connection, OP_QUERY.
/// </summary>
internal sealed record WireMessage(int Id, int Opcode, BsonDocument Command)
{
    public const int MaxBytes = 48_000_000;
    private const int HeaderBytes = 16;
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Message = 2013;
    private const uint MoreToCome = 2;
    private const uint ExhaustAllowed = 1 << 16;

    /// <summary>Whether the client waits for an answer.</summary>
    public bool IsAnswered { get; private init; } = true;

    /// <summary>Reads the next message; null: the client is gone.</summary>
    public static async Task<WireMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= HeaderBytes or > MaxBytes + HeaderBytes)
        {
            throw new InvalidDataException($"A message of {length} bytes");
        }

        var body = new byte[length - HeaderBytes];
        await stream.ReadExactlyAsync(body, cancellationToken);
        var id = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        return Parse(id, BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)), body);
    }

    /// <summary>The bytes of an answer to this message.</summary>
    public byte[] Answer(BsonDocument answer)
    {
        var document = answer.ToBson();
        var isReply = Opcode == Query;
        var prefix = isReply ? 20 : 5;
        var bytes = new byte[HeaderBytes + prefix + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Id);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), isReply ? Reply : Message);
        if (isReply)
        {
            // Flags, cursor and start are zero; one document follows.
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HeaderBytes + 16), 1);
        }

        document.CopyTo(bytes, HeaderBytes + prefix);
        return bytes;
    }

    private static WireMessage Parse(int id, int opcode, byte[] body)
    {
        using var stream = new BsonStreamAdapter(new MemoryStream(body), ownsStream: true);
        switch (opcode)
        {
            case Message:
                var flags = (uint)stream.ReadInt32();
                if ((flags & ~(MoreToCome | ExhaustAllowed)) != 0)
                {
                    throw new InvalidDataException($"OP_MSG with flags {flags:x}: checksums are not known to this server");
                }

                return new WireMessage(id, opcode, Sections(stream)) { IsAnswered = (flags & MoreToCome) == 0 };
            case Query:
                stream.ReadInt32();
                var name = stream.ReadCString(Utf8Encodings.Strict);
                stream.Position += 8;
                return new WireMessage(id, opcode, Document(stream).Add("$db", name.Split('.')[0]));
            default:
                throw new InvalidDataException($"The opcode {opcode} is not known to this server");
        }
    }

    // Kind 0 is the command, once; kind 1 is a sequence of documents: its length, its name, the documents.
    private static BsonDocument Sections(BsonStreamAdapter stream)
    {
        BsonDocument? command = null;
        var sequences = new List<BsonElement>();
        while (stream.Position < stream.Length)
        {
            switch (stream.ReadByte())
            {
                case 0 when command is null:
                    command = Document(stream);
                    break;
                case 1:
                    var end = stream.Position + stream.ReadInt32();
                    var sequence = new BsonElement(stream.ReadCString(Utf8Encodings.Strict), new BsonArray());
                    while (stream.Position < end)
                    {
                        sequence.Value.AsBsonArray.Add(Document(stream));
                    }

                    sequences.Add(sequence);
                    break;
                default:
                    throw new InvalidDataException("A section of OP_MSG is of an unknown kind, or a second command");
            }
        }

        return (command ?? throw new InvalidDataException("An OP_MSG without a command")).AddRange(sequences);
    }

    private static BsonDocument Document(BsonStreamAdapter stream)
    {
        using var reader = new BsonBinaryReader(stream);
        return BsonSerializer.Deserialize<BsonDocument>(reader);
    }
}
