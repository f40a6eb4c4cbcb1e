using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Avro.Generic;
using Avro.IO;
using Caas.Domain.Events;
using Caas.Engines.Avro;
using Caas.Engines.LocalRegistry;
using Caas.Tests.Contracts;
using Caas.Tests.Engines.LocalRegistry;
using Confluent.Kafka;
using Confluent.SchemaRegistry.Serdes;
using CsCheck;

namespace Caas.Tests.Engines.Avro;

public sealed partial class AvroEventCodecTests : EventCodecContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caas-codec-").FullName;
    private LocalSchemaRegistry? _registry;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Apache_Avro_writes_the_same_bytes() => EventGenerator.Kept.SampleAsync(
        async occurred =>
        {
            var value = await Codec.EncodeAsync(Topics.Events, Change.Of(occurred, 1, traceParent: null), Stop);
            var schema = PlainSchema(EventFamily.OfType(occurred.Type)!.Schema);

            var record = ReadGeneric(schema, value);
            var again = WriteGeneric(schema, record);

            again.ShouldBe(value.ToArray()[5..]);
            record["id"].ShouldBe(occurred.Id.ToString());
            record["type"].ShouldBe(occurred.Type);
        },
        iter: 2_000,
        threads: 1);

    [Fact]
    public async Task Confluents_deserializer_reads_it_with_the_local_registry()
    {
        await using var server = await RegistryServer.StartAsync(Stop);
        var codec = new AvroEventCodec(server.Registry);
        var value = await codec.EncodeAsync(Topics.Events, Change.Of(EventGenerator.One(), 1, traceParent: null), Stop);

        var record = await new AvroDeserializer<GenericRecord>(server.Client).DeserializeAsync(
            value, isNull: false, new SerializationContext(MessageComponentType.Value, Topics.Events));

        record.Schema.Fullname.ShouldBe("caas.events.MessageEvent");
        ((GenericRecord)record["message"])["text"].ShouldBe(EventGenerator.One().Data.Message!.Text);
        (await server.Client.GetAllSubjectsAsync()).ShouldBe(["platform.events-caas.events.MessageEvent"]);
    }

    [Fact]
    public async Task A_schema_of_somebody_else_is_refused()
    {
        var id = await _registry!.RegisterAsync("other", "\"string\"", Stop);
        byte[] value = [0, 0, 0, 0, (byte)id, 2, (byte)'a'];

        await Should.ThrowAsync<InvalidDataException>(async () => await Codec.DecodeAsync(value, Stop));
    }

    [Fact]
    public async Task A_count_or_a_length_that_the_bytes_do_not_hold_allocates_nothing()
    {
        var value = (await Codec.EncodeAsync(Topics.Events, Change.Of(EventGenerator.One(), 1, traceParent: null), Stop)).ToArray();
        byte[] huge = [.. value[..5], 0xfe, 0xff, 0xff, 0xff, 0x0f];

        await Should.ThrowAsync<InvalidDataException>(async () => await Codec.DecodeAsync(huge, Stop));
    }

    [Fact]
    public void Attributes_are_kept_as_they_were_written()
    {
        const string Json = """{"n":1.50,"big":123456789012345678901234567890,"s":"a\u0001b"}""";
        var occurred = EventGenerator.One();
        occurred = occurred with
        {
            Data = new EventBody { Message = occurred.Data.Message! with { Attributes = JsonElement.Parse(Json) } },
        };
        var writer = new AvroWriter(16);
        EventEncoder.Write(ref writer, occurred, EventKind.Message);

        Encoding.UTF8.GetString(writer.Written).ShouldContain(Json);
        writer.Return();
    }

    [Fact]
    public void Every_schema_follows_the_discipline_of_full_transitive()
    {
        foreach (var family in EventFamily.All)
        {
            family.Schema.ShouldNotContain("\"enum\"");
            AvroCompatibility.FindFault(AvroSchemaParser.Parse(family.Schema), AvroSchemaParser.Parse(family.Schema)).ShouldBeNull();
            CheckUnions(AvroSchemaParser.Parse(family.Schema));
        }
    }

    protected override ValueTask<IEventCodec> StartAsync()
    {
        _registry = new LocalSchemaRegistry(_folder);
        return ValueTask.FromResult<IEventCodec>(new AvroEventCodec(_registry));
    }

    protected override ValueTask StopAsync()
    {
        _registry!.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void CheckUnions(AvroType type)
    {
        if (type is AvroUnion union)
        {
            union.Branches.Count.ShouldBe(2);
            union.Branches[0].Kind.ShouldBe("null");
        }

        foreach (var field in type is AvroRecord record ? record.Fields : [])
        {
            (field.Type is not AvroUnion || field.Default is { ValueKind: JsonValueKind.Null }).ShouldBeTrue(field.Name);
            CheckUnions(field.Type);
        }
    }

    // The same bytes without the logical type, which Apache.Avro 1.12 takes through a double: it loses a millisecond in
    // years far from 1970.
    private static global::Avro.Schema PlainSchema(string schema)
    {
        var plain = LogicalTypes.Replace(schema, string.Empty);
        return global::Avro.Schema.Parse(plain);
    }

    private static GenericRecord ReadGeneric(global::Avro.Schema schema, ReadOnlyMemory<byte> value)
    {
        using var stream = new MemoryStream(value.ToArray()[5..]);
        return new GenericDatumReader<GenericRecord>(schema, schema).Read(null!, new BinaryDecoder(stream));
    }

    private static byte[] WriteGeneric(global::Avro.Schema schema, GenericRecord record)
    {
        using var stream = new MemoryStream();
        new GenericDatumWriter<GenericRecord>(schema).Write(record, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    [GeneratedRegex(@",\s*""logicalType"": ""timestamp-millis""", RegexOptions.NonBacktracking)]
    private static partial Regex LogicalTypes { get; }
}
