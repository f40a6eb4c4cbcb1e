using System.Diagnostics;
using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Engines.Sqlite;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Faults;

/// <summary>
/// P9: how long a start takes after a kill with a full store and a full outbox. Small by default; the long form is
/// <c>CAAS_TEST_RECOVERY_MESSAGES=1000000 CAAS_TEST_RECOVERY_OUTBOX=10000</c>.
/// </summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Together = 256;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainedWithin = TimeSpan.FromSeconds(60);
    private static readonly UserId Ann = UserId.Parse("ann");
    private static readonly ChangeOrigin Origin = new(new Actor(ActorType.User, "ann"), "trace", "00-trace-parent-01");

    private readonly ClientId _client = new(Guid.CreateVersion7());

    [Fact]
    public async Task A_start_after_a_kill_is_ready_in_ten_seconds_and_drained_in_sixty()
    {
        var messages = FaultSize.Of("CAAS_TEST_RECOVERY_MESSAGES", 5_000);
        var outbox = FaultSize.Of("CAAS_TEST_RECOVERY_OUTBOX", 1_000);
        using var folders = new TemporaryFolder();
        var folder = Path.Combine(folders.Path, "data");
        await FillAsync(folder, messages, outbox);
        PendingIn(folder).ShouldBe(outbox, "the control: before the start nothing is drained");

        TimeSpan empty;
        await using (var other = await CaasProcess.StartAsync(Path.Combine(folders.Path, "empty")))
        {
            empty = other.StartToReady;
        }

        await using var server = await CaasProcess.StartAsync(folder);
        var ready = Stopwatch.GetTimestamp();
        await DrainedAsync(folder);
        var drained = Stopwatch.GetElapsedTime(ready);

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{messages} messages, {outbox} not relayed: ready after {server.StartToReady.TotalMilliseconds:F0} ms (an empty folder: {empty.TotalMilliseconds:F0} ms), drained {drained.TotalMilliseconds:F0} ms later"));

        // Against an empty folder in the same minute: what the machine does besides is not the store's.
        (server.StartToReady - empty).ShouldBeLessThan(ReadyWithin);
        drained.ShouldBeLessThan(DrainedWithin);
    }

    // The folder as a kill leaves it: files and their logs, nothing closed.
    private async Task FillAsync(string folder, int messages, int outbox)
    {
        await using var engine = new SqliteUnderTest();
        var services = await engine.OpenAsync(TimeProvider.System);
        var log = services.GetRequiredService<IConversationLog>();
        var conversation = new ConversationId(Guid.CreateVersion7());
        await CommitAsync(log, conversation, new NewConversation(Origin)
        {
            Type = ConversationType.Group,
            Name = "Group",
            History = HistoryAccess.All,
            Members = [new NewMember(Ann, MemberRole.Owner)],
        });
        for (var sent = 0; sent < messages; sent += Together)
        {
            await Task.WhenAll(Enumerable.Range(sent, Math.Min(Together, messages - sent))
                .Select(number => CommitAsync(log, conversation, MessageOf(number))));
        }

        // All but the newest are taken for relayed, as they would be in a store of this age.
        await services.GetRequiredService<DatabaseSet>().WriteAsync<int, bool>(
            DatabaseName.Of(_client),
            outbox,
            static (file, left) =>
            {
                file.Writer.Prepare("UPDATE relay SET relay_position = (SELECT max(position) FROM changes) - ?").Bind(left).Run();
                return true;
            },
            SocketIOHost.Ct);
        FolderCopy.Make(engine.Folder, folder);
    }

    private async Task CommitAsync(IConversationLog log, ConversationId conversation, ConversationChange change)
    {
        var result = await log.CommitAsync(_client, conversation, change, CommitConditions.None, SocketIOHost.Ct);
        result.Error.ShouldBeNull();
    }

    private static NewMessage MessageOf(int number)
    {
        var id = Guid.CreateVersion7();
        return new NewMessage(Origin)
        {
            Id = new MessageId(id),
            SenderId = Ann,
            ClientMessageId = id.ToString(),
            Content = new MessageContent(string.Create(CultureInfo.InvariantCulture, $"message {number} of many"), [], null, [], null),
            Salt = new byte[16],
        };
    }

    // What the relay has confirmed is written into the file within a second; there is no event for that.
    private async Task DrainedAsync(string folder)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(DrainedWithin);
        while (PendingIn(folder) > 0)
        {
            (await look.WaitForNextTickAsync(patience.Token)).ShouldBeTrue();
        }
    }

    private long PendingIn(string folder)
    {
        using var file = Connection.OpenReader(Path.Combine(folder, "clients", _client + ".db"));
        var row = file.Prepare("SELECT count(*) FROM changes WHERE position > (SELECT relay_position FROM relay)");
        row.Step();
        var count = row.Int64(0);
        row.Reset();
        return count;
    }
}
