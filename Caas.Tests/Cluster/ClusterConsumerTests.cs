using System.Net;
using System.Text.Json;
using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Tests.Engines.Kafka;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>P8 over Kafka and two processes of consumers: what comes again has no second effect, and poison stops nobody.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterConsumerTests(SharedCluster cluster, ITestOutputHelper output) : IClassFixture<SharedCluster>
{
    private const int Copies = 3;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // The wire format's first byte, and the number of a schema that nobody registered.
    private static readonly byte[] UnknownSchema = [0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3];
    private static readonly byte[] NoAvro = "no Avro at all"u8.ToArray();

    private readonly ClusterRig _rig = cluster.Rig;

    [Fact]
    public async Task Records_that_come_three_times_and_in_any_order_reach_a_socket_once()
    {
        await using var kafka = KafkaFixture.Open(_rig.Kafka.Bootstrap);
        var reader = await kafka.JoinAsync(Topics.Events, "copies", SocketIOHost.Ct);
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await using var socket = await ben.ConnectAsync();
        for (var number = 0; number < 20; number++)
        {
            await ann.SendAsync(conversation, $"message {number}");
        }

        var records = await ReadAsync(reader, conversation, count: 20);
        await socket.WaitForMessageAsync("message 19");
        for (var copy = 1; copy < Copies; copy++)
        {
            // The other way round: what is last comes first.
            records.Reverse();
            await kafka.Stream.AppendAsync(Topics.Events, records, SocketIOHost.Ct);
        }

        await ann.SendAsync(conversation, "after");
        await socket.WaitForMessageAsync("after");

        socket.Events.Where(e => e.Name == "message.sent")
            .Select(e => e.Argument.GetProperty("data").GetProperty("message").GetProperty("text").GetString())
            .ShouldBe([.. Enumerable.Range(0, 20).Select(number => $"message {number}"), "after"]);
    }

    [Fact]
    public async Task Poison_is_buried_within_a_minute_holds_up_no_other_conversation_and_can_be_replayed()
    {
        await using var kafka = KafkaFixture.Open(_rig.Kafka.Bootstrap);
        var platform = new ApiClient(_rig.Gateway, _rig.PlatformKey);
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var others = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ann.CreateGroupAsync()));
        await using var socket = await ann.ConnectAsync();
        var began = TimeProvider.System.GetTimestamp();

        await kafka.Stream.AppendAsync(
            Topics.Events, [new("poison-1", NoAvro, TraceParent: null), new("poison-2", UnknownSchema, TraceParent: null)], SocketIOHost.Ct);
        foreach (var other in others)
        {
            await ann.SendAsync(other, "meanwhile " + other);
        }

        foreach (var other in others)
        {
            await socket.WaitForMessageAsync("meanwhile " + other);
        }

        var delivered = TimeProvider.System.GetElapsedTime(began);
        IReadOnlyList<JsonElement> letters = [];
        await Poll.UntilAsync(
            async () =>
            {
                letters = await LettersAsync(platform);
                return letters.Select(KeyOf).Distinct(StringComparer.Ordinal).Count() == 2;
            },
            "both are buried",
            Minute);
        var buried = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"others delivered after {delivered.TotalSeconds:F1} s, poison buried after {buried.TotalSeconds:F1} s");
        letters.ShouldAllBe(letter => letter.GetProperty("attempts").GetInt32() == 5 && letter.GetProperty("reason").GetString()!.Length > 0);

        var first = letters[0];
        (await platform.PostAsync($"/api/platform/dead-letters/{IdOf(first)}/replay", new { })).ShouldBe(HttpStatusCode.OK);

        // It is poison still: the one group tries it anew, and buries it under another id.
        await Poll.UntilAsync(
            async () => (await LettersAsync(platform)).Any(letter => KeyOf(letter) == KeyOf(first)
                && letter.GetProperty("consumer").GetString() == first.GetProperty("consumer").GetString()
                && IdOf(letter) != IdOf(first)
                && letter.GetProperty("attempts").GetInt32() > 5),
            "it comes back",
            Minute);
    }

    private static async Task<List<StreamRecord>> ReadAsync(KafkaSubscription reader, string conversation, int count)
    {
        var records = new List<StreamRecord>();
        while (records.Count < count)
        {
            records.AddRange((await reader.ReadAsync(SocketIOHost.Ct)).Records
                .Where(record => record.Key == conversation)
                .Select(record => new StreamRecord(record.Key, record.Value, record.TraceParent)));
        }

        return records;
    }

    private static async Task<IReadOnlyList<JsonElement>> LettersAsync(ApiClient platform) =>
        [.. (await platform.GetAsync("/api/platform/dead-letters")).ShouldBe(HttpStatusCode.OK)["items"].EnumerateArray()];

    private static string KeyOf(JsonElement letter) => letter.GetProperty("key").GetString()!;

    private static string IdOf(JsonElement letter) => letter.GetProperty("id").GetString()!;
}
