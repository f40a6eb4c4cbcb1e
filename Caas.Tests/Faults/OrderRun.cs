using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Caas.Tests.EndToEnd;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// 64 writers in several conversations at once, every fourth over a socket, and three kinds of readers: one that listens,
/// one that syncs afterwards and one that reads the history forwards. <c>CAAS_TEST_ORDER_SENDS</c> and
/// <c>CAAS_TEST_ORDER_CONVERSATIONS</c> make it longer.
/// </summary>
public class OrderRun : IAsyncLifetime
{
    private const int Writers = 64;
    private const int WritersPerSocket = 4;

    private static readonly int Sends = Setting("CAAS_TEST_ORDER_SENDS", 640);
    private static readonly int Conversations = Setting("CAAS_TEST_ORDER_CONVERSATIONS", 4);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<(string Conversation, Send Send)> _sends = [];
    private readonly Lock _lock = new();

    // Guarded by _lock: what the listener was given, in the order in which it came.
    private readonly List<JsonElement> _live = [];
    private CaasProcess? _process;

    /// <summary>How many sends were acknowledged, and how long that took.</summary>
    public string Summary { get; private set; } = "";

    /// <summary>What was observed, by conversation.</summary>
    internal Dictionary<string, ConversationHistory> Observed { get; } = new(StringComparer.Ordinal);

    /// <summary>The versions of each conversation as they came to the listener.</summary>
    internal ILookup<string, long> LiveVersions
    {
        get
        {
            lock (_lock)
            {
                return _live.ToLookup(
                    envelope => envelope.GetProperty("conversationId").GetString()!,
                    envelope => envelope.GetProperty("version").GetInt64(),
                    StringComparer.Ordinal);
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        var addresses = await StartAsync();
        var tenant = await Tenant.RegisterAsync(addresses[0]);
        var reader = await tenant.AddPersonAsync("reader");
        var writers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => tenant.AddPersonAsync($"writer{number}")));
        var conversations = new List<string>();
        for (var number = 0; number < Conversations; number++)
        {
            conversations.Add(await reader.CreateGroupAsync([.. writers.Select(writer => writer.UserId)]));
        }

        var cursor = (await reader.CatchUpAsync(cursor: null)).Cursor;
        await using var listener = await ChatSocket.ConnectAsync(addresses[^1], reader.Token, Listen);
        await listener.WaitForAsync("session.ready");
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(writers.Select((writer, number) => Task.Run(
            () => WriteAsync(writer.At(addresses[number % addresses.Count]), number, conversations), SocketIOHost.Ct)));
        Summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{_sends.Count} sends of {Writers} writers in {Conversations} conversations: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        await ObserveAsync(reader, listener, conversations, cursor);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the product, and gives its addresses: the writers take turns with them.</summary>
    protected virtual async Task<IReadOnlyList<Uri>> StartAsync()
    {
        _process = await CaasProcess.StartAsync(
            _folder.Path,
            "--Caas:Limits:PerUserPerMinute", "0",
            "--Caas:Limits:PerKeyPerMinute", "0",
            "--Caas:Limits:SyncResetAfterChanges", "10000000");
        return [_process.Url];
    }

    /// <summary>A number from the environment.</summary>
    internal static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var asked) ? asked : usual;

    internal static Entry EntryOf(JsonElement message) => new(
        message.GetProperty("sequence").GetInt64(),
        $"{message.GetProperty("senderId").GetString()}/{message.GetProperty("clientMessageId").GetString()}",
        message.GetProperty("text").GetString()!);

    private static async Task<long> SendAsync(Person writer, ChatSocket? socket, object body)
    {
        if (socket is null)
        {
            return (await writer.Api.PostAsync("/api/messages", body)).ShouldBe(HttpStatusCode.Created)["sequence"].GetInt64();
        }

        var acknowledged = await socket.EmitAsync("message.send", body);
        acknowledged.GetProperty("ok").GetBoolean().ShouldBeTrue(acknowledged.ToString());
        return acknowledged.GetProperty("message").GetProperty("sequence").GetInt64();
    }

    // Oldest first, by "after": the other way round than Person.ReadHistoryAsync.
    private static async Task<List<Entry>> ReadForwardsAsync(Person reader, string conversation)
    {
        var all = new List<Entry>();
        while (true)
        {
            var after = all.Count == 0 ? 0 : all[^1].Sequence;
            var page = await reader.ListMessagesAsync(conversation, $"?limit=200&after={after}");
            var items = page["items"].EnumerateArray().Select(EntryOf).Reverse().ToList();
            if (items.Count == 0)
            {
                return all;
            }

            all.AddRange(items);
        }
    }

    private static IReadOnlyList<Entry> EntriesOf(IEnumerable<JsonElement> envelopes, string conversation) =>
    [
        .. envelopes
            .Where(envelope => envelope.GetProperty("conversationId").GetString() == conversation
                && envelope.GetProperty("type").GetString() == "message.sent")
            .Select(envelope => EntryOf(envelope.GetProperty("data").GetProperty("message"))),
    ];

    private async Task WriteAsync(Person writer, int number, List<string> conversations)
    {
        await using var socket = number % WritersPerSocket == 0 ? await writer.ConnectAsync() : null;
        for (var send = 0; send < Sends / Writers; send++)
        {
            var conversation = conversations[(number + send) % conversations.Count];
            var id = send.ToString(CultureInfo.InvariantCulture);
            var text = $"{writer.UserId} says {id}";
            var invoked = Stopwatch.GetTimestamp();
            var sequence = await SendAsync(
                writer, socket, new { conversationId = conversation, clientMessageId = id, text });
            _sends.Enqueue((conversation, new Send($"{writer.UserId}/{id}", text, invoked, Stopwatch.GetTimestamp(), sequence)));
        }
    }

    private async Task ObserveAsync(Person reader, ChatSocket listener, List<string> conversations, string cursor)
    {
        var synced = (await reader.CatchUpAsync(cursor)).Changes;
        foreach (var conversation in conversations)
        {
            var final = (await reader.ReadHistoryAsync(conversation)).Select(EntryOf).ToList();
            await listener.WaitForAsync("message.sent", envelope => envelope.GetProperty("conversationId").GetString() == conversation
                && envelope.GetProperty("data").GetProperty("message").GetProperty("sequence").GetInt64() == final[^1].Sequence);
            var readers = new Dictionary<string, IReadOnlyList<Entry>>(StringComparer.Ordinal)
            {
                ["the one that listened"] = Live(conversation),
                ["the one that synced"] = EntriesOf(synced, conversation),
                ["the one that read forwards"] = await ReadForwardsAsync(reader, conversation),
            };
            Send[] sends = [.. _sends.Where(pair => pair.Conversation == conversation).Select(pair => pair.Send)];
            Observed.Add(conversation, new ConversationHistory(sends, final, readers));
        }
    }

    private IReadOnlyList<Entry> Live(string conversation)
    {
        lock (_lock)
        {
            return EntriesOf(_live, conversation);
        }
    }

    private void Listen(SocketEvent e)
    {
        if (e.Argument is { ValueKind: JsonValueKind.Object } envelope && envelope.TryGetProperty("version", out _))
        {
            lock (_lock)
            {
                _live.Add(envelope);
            }
        }
    }
}
