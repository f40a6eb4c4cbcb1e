using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Avro;
using Caas.Engines.Documents;
using Caas.Engines.LocalLog;
using Caas.Engines.LocalRegistry;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Faults;

/// <summary>
/// A data folder after a fault, opened by the real engines (which mend what a crash left) and judged against what was
/// acknowledged. It is closed before the answer.
/// </summary>
internal sealed class RecoveredFolder
{
    private readonly List<string> _faults = [];
    private readonly HashSet<ChangeKey> _stored = [];
    private readonly HashSet<ChangeKey> _relayed = [];

    /// <summary>Every broken rule, as a sentence; empty where none is.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(string folder, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        var judged = new RecoveredFolder();
        try
        {
            await using var engines = EnginesOn(folder);
            await engines.GetRequiredService<SqliteDocuments>().OpenAsync(SocketIOHost.Ct);
            await judged.ReadFilesAsync(engines, folder, acknowledged);
            await judged.ReadEventsAsync(engines, folder);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            judged._faults.Add($"cannot be opened: {failure}");
        }

        return judged._faults;
    }

    private static ServiceProvider EnginesOn(string folder) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(TimeProvider.System)
        .AddSqliteDocuments()
        .AddLocalLog(folder)
        .AddLocalSchemaRegistry(folder)
        .AddAvroEvents()
        .Configure<DataOptions>(options => options.Path = folder)
        .BuildServiceProvider();

    private async Task ReadFilesAsync(IServiceProvider engines, string folder, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        var databases = engines.GetRequiredService<DatabaseSet>();
        await ReadChangesAsync(databases, DatabaseName.Platform);
        var messages = new Dictionary<(string Conversation, long Sequence), RecoveredMessage>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, "clients"), "*.db"))
        {
            TypeId.TryParse<ClientId>(Path.GetFileNameWithoutExtension(path), out var client).ShouldBeTrue(path);
            var name = DatabaseName.Of(client);
            await ReadChangesAsync(databases, name);
            foreach (var message in await databases.ReadAsync(name, 0, static (file, _) => RecoveredRows.Messages(file), [], SocketIOHost.Ct))
            {
                messages.Add((message.Conversation, message.Sequence), message);
            }

            _faults.AddRange(await databases.ReadAsync(name, 0, static (file, _) => RecoveredRows.Gaps(file), [], SocketIOHost.Ct));
        }

        foreach (var one in acknowledged)
        {
            if (!messages.TryGetValue((one.Conversation, one.Sequence), out var found))
            {
                _faults.Add($"lost: {one}");
            }
            else if (found.ClientMessageId != one.ClientMessageId || found.Text != one.Text)
            {
                _faults.Add($"{one} was acknowledged, and {found} is stored");
            }
        }
    }

    private async Task ReadChangesAsync(DatabaseSet databases, DatabaseName name)
    {
        var read = await databases.ReadAsync(
            name,
            name.Client,
            static (file, client) => (Check: RecoveredRows.Check(file), Changes: RecoveredRows.Changes(file, client)),
            ("no file", []),
            SocketIOHost.Ct);
        if (read.Check != "ok")
        {
            _faults.Add($"{name}: integrity_check says {read.Check}");
        }

        foreach (var (key, isRelayed) in read.Changes)
        {
            _stored.Add(key);
            if (isRelayed)
            {
                _relayed.Add(key);
            }
        }
    }

    // The stream may repeat, and may be behind what is stored; it is never ahead, nor behind what the relay calls done.
    private async Task ReadEventsAsync(IServiceProvider engines, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "caas_events.db")))
        {
            _faults.AddRange(_relayed.Take(3).Select(key => $"relayed into no stream: {key}"));
            return;
        }

        var codec = engines.GetRequiredService<IEventCodec>();
        await using var reading = await engines.GetRequiredService<IEventStream>().SubscribeAsync(Topics.Events, "judge", SocketIOHost.Ct);
        var lag = await engines.GetRequiredService<IStreamStatus>().ReadLagAsync(SocketIOHost.Ct);
        var left = lag.Where(one => one.Topic == Topics.Events && one.EndOffset > 0)
            .GroupBy(one => one.Partition)
            .ToDictionary(group => group.Key, group => group.Max(one => one.EndOffset));
        var streamed = new HashSet<ChangeKey>();
        while (left.Count > 0)
        {
            var batch = await reading.ReadAsync(SocketIOHost.Ct).AsTask().WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
            foreach (var record in batch.Records)
            {
                var e = await codec.DecodeAsync(record.Value, SocketIOHost.Ct);
                streamed.Add(new ChangeKey(e.ClientId, e.ConversationId, e.Version ?? 0, e.Type));
            }

            if (batch.Records[^1].Offset + 1 >= left.GetValueOrDefault(batch.Partition))
            {
                left.Remove(batch.Partition);
            }
        }

        _faults.AddRange(streamed.Except(_stored).Take(3).Select(key => $"streamed, and not stored: {key}"));
        _faults.AddRange(_relayed.Except(streamed).Take(3).Select(key => $"relayed, and not in the stream: {key}"));
    }
}

/// <summary>A message that was answered 2xx.</summary>
internal sealed record Acknowledged(string Conversation, long Sequence, string ClientMessageId, string Text);

/// <summary>A message as the file has it.</summary>
internal sealed record RecoveredMessage(string Conversation, long Sequence, string ClientMessageId, string Text);

/// <summary>One change, in its log.</summary>
internal readonly record struct ChangeKey(ClientId Client, ConversationId? Conversation, long Version, string Type);
