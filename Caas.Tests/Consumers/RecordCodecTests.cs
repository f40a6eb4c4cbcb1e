using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Avro;
using CsCheck;

namespace Caas.Tests.Consumers;

public sealed class RecordCodecTests
{
    private static readonly MemoryRegistry Registry = new();
    private static readonly DateTimeOffset At = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task A_letter_comes_back_as_it_was() => Gen.Select(Gen.String, Gen.Byte.Array[0, 200], Gen.Bool, Gen.Long[0, long.MaxValue]).SampleAsync(
        async (text, value, optional, offset) =>
        {
            text = text.Replace('\ufffd', '?');
            if (text.Any(char.IsSurrogate))
            {
                return;
            }

            var letter = new DeadLetter
            {
                Id = DeadLetterId.Of("g", "t", 1, offset, At),
                Topic = "t",
                Partition = 1,
                Offset = offset,
                Key = text,
                EventId = optional ? "evt" : null,
                Consumer = "g",
                Attempts = 5,
                Reason = text,
                AppendedAt = At,
                FailedAt = At,
                Value = value,
                TraceParent = optional ? text : null,
                ReplayRequestedAt = optional ? At : null,
            };
            var codec = new AvroRecordCodec<DeadLetter>(Registry, new DeadLetterSchema());

            var read = await codec.DecodeAsync(await codec.EncodeAsync(letter, default), default);

            read.Value.ToArray().ShouldBe(value);
            (read with { Value = letter.Value }).ShouldBe(letter);
        },
        iter: 500,
        threads: 1);

    [Fact]
    public async Task A_notification_comes_back_as_it_was_and_is_no_letter()
    {
        var codec = new AvroRecordCodec<Notification>(Registry, new NotificationSchema());
        var notification = new Notification(
            new EventId(Guid.CreateVersion7(At)), "engine.away", "kafka", new ClientId(Guid.CreateVersion7(At)), "gone", At);
        var value = await codec.EncodeAsync(notification, TestContext.Current.CancellationToken);

        (await codec.DecodeAsync(value, TestContext.Current.CancellationToken)).ShouldBe(notification);
        var letters = new AvroRecordCodec<DeadLetter>(Registry, new DeadLetterSchema());
        await Should.ThrowAsync<InvalidDataException>(async () => await letters.DecodeAsync(value, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_schemas_can_grow_under_full_transitive()
    {
        foreach (var schema in (string[])[new DeadLetterSchema().Schema, new NotificationSchema().Schema])
        {
            schema.ShouldNotContain("\"enum\"");
            var record = AvroSchemaParser.Parse(schema).ShouldBeOfType<AvroRecord>();
            AvroCompatibility.FindFault(record, record).ShouldBeNull();
            record.Fields.Where(field => field.Type is AvroUnion)
                .ShouldAllBe(field => field.Default!.Value.ValueKind == System.Text.Json.JsonValueKind.Null);
        }
    }
}
