using System.Diagnostics.Metrics;
using System.Text;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SQLitePCL;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>What is particular to the SQLite engine: threads, files, failures.</summary>
public sealed class KernelTests : DocumentsContract
{
    private static readonly string[] Settings = ["journal_mode", "synchronous", "wal_autocheckpoint", "secure_delete"];

    private readonly SqliteUnderTest _engine;

    public KernelTests()
        : this(new SqliteUnderTest(static options => (options.MaxOpenFiles, options.MaxQueuedWrites) = (4, 20)))
    {
    }

    private KernelTests(SqliteUnderTest engine)
        : base(engine) => _engine = engine;

    private DatabaseSet Databases => Port<DatabaseSet>();

    private DatabaseName Own => DatabaseName.Of(Client);

    private string ClientFiles => Path.Combine(_engine.Folder, "clients");

    [Fact]
    public async Task Reading_an_unknown_client_makes_no_file()
    {
        (await Port<IMessageReader>().FindAsync(Client, null, new MessageId(Guid.CreateVersion7()), Ct)).ShouldBeNull();

        Directory.GetFiles(ClientFiles).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_clients_than_open_files_lose_nothing()
    {
        var clients = Enumerable.Range(0, 20).Select(_ => new ClientId(Guid.CreateVersion7())).ToArray();
        for (var round = 0; round < 3; round++)
        {
            foreach (var client in clients)
            {
                var id = NewId();
                await Commit(id, NewGroup(HistoryAccess.All, Ann), client: client);
                (await EventsOf(id, client)).Count.ShouldBe(2);
            }
        }

        foreach (var client in clients)
        {
            (await Port<IConversationReader>().ListAsync(client, Ann, new(10, null, null, null), Ct))
                .Count.ShouldBe(3);
        }
    }

    [Fact]
    public async Task The_least_recently_used_files_are_closed_and_leave_only_a_short_log()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which files are open is asked of /proc.");
        for (var client = 0; client < 20; client++)
        {
            await Commit(NewId(), NewGroup(HistoryAccess.All, Ann), client: new ClientId(Guid.CreateVersion7()));
        }

        // The end of the last batch, where files are closed, comes after its answer.
        await Poll.UntilAsync(() => ValueTask.FromResult(OpenClientFiles() <= 4), "two threads keep two files each");
        foreach (var log in Directory.GetFiles(ClientFiles, "*-wal"))
        {
            new FileInfo(log).Length.ShouldBeLessThan(65 * 4_200);
        }
    }

    [Fact]
    public async Task What_was_erased_is_not_in_a_log_that_a_closed_file_leaves()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which files are open is asked of /proc.");
        const string Secret = "the words that were said in confidence";
        var id = await Group(Ann);
        var message = await Send(id, Ann, Secret);
        await Commit(id, new MessageDeletion(Origin, message.Id));

        for (var client = 0; client < 20; client++)
        {
            await Commit(NewId(), NewGroup(HistoryAccess.All, Ann), client: new ClientId(Guid.CreateVersion7()));
        }

        await Poll.UntilAsync(() => ValueTask.FromResult(OpenClientFiles() <= 4), "the file is closed");
        foreach (var file in Directory.GetFiles(ClientFiles))
        {
            (await File.ReadAllBytesAsync(file, Ct)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task A_file_gets_a_connection_for_reads_once_it_is_read_more_than_a_few_times()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which files are open is asked of /proc.");
        var id = await Group(Ann);
        await ReadAsync(id, times: 5);
        OpenClientFiles().ShouldBe(1);
        OpenHandles().ShouldBe(1);

        await ReadAsync(id, times: 20);

        OpenHandles().ShouldBe(2);
    }

    [Fact]
    public async Task A_read_that_fails_in_the_midst_leaves_nothing_for_the_next_one()
    {
        var id = await Group(Ann);
        for (var i = 0; i < 12; i++)
        {
            // The first ones on the writer, the others on a reader.
            await Should.ThrowAsync<InvalidTimeZoneException>(Databases.ReadAsync<int, int>(
                Own,
                0,
                static (connection, _) =>
                {
                    connection.Prepare("SELECT position FROM changes WHERE position > ? AND position < ?").Bind(0).Step();
                    throw new InvalidTimeZoneException();
                },
                0,
                Ct).AsTask());

            await Send(id, Ann, $"message {i}");
            (await Databases.ReadAsync(
                Own,
                0,
                static (connection, _) =>
                {
                    var row = connection.Prepare("SELECT position FROM changes WHERE position > ? AND position < ?").Bind(0).Bind(long.MaxValue);
                    var found = row.Step();
                    row.Reset();
                    return found;
                },
                false,
                Ct)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Where_the_platforms_file_cannot_note_a_client_its_write_fails_and_all_others_go_on()
    {
        var id = await Group(Ann);
        await AlterPlatformAsync("ALTER TABLE client_databases RENAME TO elsewhere");
        for (var i = 0; i < 4; i++)
        {
            // A client of each thread, so that the one that writes the platform's file is among them.
            var other = new ClientId(Guid.CreateVersion7());
            await Should.ThrowAsync<SqliteFailure>(
                Commit(NewId(), NewGroup(HistoryAccess.All, Ann), client: other).WaitAsync(SocketIOHost.Patience, Ct));
        }

        await Send(id, Ann, "goes on").WaitAsync(SocketIOHost.Patience, Ct);
        await AlterPlatformAsync("ALTER TABLE elsewhere RENAME TO client_databases");
        await Commit(NewId(), NewGroup(HistoryAccess.All, Ann), client: new ClientId(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_survived()
    {
        var id = await Group(Ann);
        await LimitPages(1);

        var refused = await Log.CommitAsync(
            Client, id, Text(Ann, new string('x', 100_000)), CommitConditions.None, Ct);

        refused.Error!.Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        (await Health()).Status.ShouldBe(HealthStatus.Healthy, "the probe writes to the platform's file, which has room");
        (await EventsOf(id)).Count.ShouldBe(2);
        await LimitPages(1_000_000);
        (await Send(id, Ann, new string('x', 100_000))).Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_broken_handle_is_never_used_again()
    {
        var id = await Group(Ann);
        var before = await Writer();
        using var readings = new MeterReadings(Port<IMeterFactory>());

        var broken = await Databases.WriteAsync<int, bool>(
            Own, 0, static (_, _) => throw new SqliteFailure(raw.SQLITE_IOERR_FSYNC, "injected"), Ct);

        broken.Error!.Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        Databases.State.Failure.ShouldNotBeNull();
        readings.Of("caas.sqlite.failures").ShouldBe([1]);
        (await Send(id, Ann, "hi")).Sequence.ShouldBe(1);
        (await Writer()).ShouldNotBeSameAs(before);
        (await Health()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_what_waits_can_be_cancelled()
    {
        var id = await Group(Ann);
        using var hold = new ManualResetEventSlim();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = Databases.WriteAsync<int, bool>(
            Own,
            0,
            (_, _) =>
            {
                began.TrySetResult();
                hold.Wait(Ct);
                return true;
            },
            Ct).AsTask();
        await began.Task;

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var conditions = CommitConditions.None;
        var waiting = Enumerable.Range(0, 20)
            .Select(i => Log.CommitAsync(Client, id, Text(Ann, $"{i}"), conditions, i == 0 ? giveUp.Token : Ct).AsTask()).ToArray();
        var refused = await Log.CommitAsync(Client, id, Text(Ann, "more"), conditions, Ct);
        await giveUp.CancelAsync();
        hold.Set();

        refused.Error!.Code.ShouldBe(ErrorCatalogue.Overloaded);
        await Should.ThrowAsync<OperationCanceledException>(() => waiting[0]);
        (await Task.WhenAll(waiting.Skip(1))).Select(result => result.Value!.Message!.Sequence)
            .ShouldBe(Enumerable.Range(1, 19).Select(sequence => (long)sequence));
        (await holding).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_goes_on_on_the_writer_thread()
    {
        var id = await Group(Ann);

        var names = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await Log.CommitAsync(Client, id, Text(Ann, $"{i}"), CommitConditions.None, Ct);
            return Thread.CurrentThread.Name;
        }));

        names.ShouldAllBe(name => name == null || !name.StartsWith("caas-sqlite-writer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_crash_left_to_relay_is_found_at_the_next_start()
    {
        var id = await Group(Ann);
        await Send(id, Ann, "hi");
        var copy = new SqliteUnderTest();
        await using var disposing = copy;

        // The folder as a crash leaves it: nothing was closed.
        Directory.CreateDirectory(Path.Combine(copy.Folder, "clients"));
        foreach (var file in Directory.GetFiles(_engine.Folder, "*.db*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(copy.Folder, Path.GetRelativePath(_engine.Folder, file)));
        }

        var services = await copy.OpenAsync(Clock);
        var outbox = (IOutbox)services.GetService(typeof(IOutbox))!;
        var batch = await await Task.WhenAny(
            Enumerable.Range(0, outbox.Shards).Select(shard => outbox.ReadAsync(shard, 10, Ct).AsTask()));

        batch.Changes.Select(change => change.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_confirmed_position_is_saved_within_a_second_without_other_writes()
    {
        await Group(Ann);
        var outbox = Port<IOutbox>();
        var source = Databases.Relays.Get(Own);
        await outbox.ConfirmAsync(await outbox.ReadAsync(source.Shard, 10, Ct), Ct);
        source.IsUnsaved.ShouldBeTrue();

        Clock.Advance(TimeSpan.FromSeconds(1));

        // Behind the saving in the same queue.
        await Writer();
        source.IsUnsaved.ShouldBeFalse();
    }

    [Fact]
    public async Task The_settings_of_a_file_are_those_that_durability_needs()
    {
        await Group(Ann);

        var settings = await Databases.WriteAsync<int, string>(
            Own,
            0,
            static (file, _) => string.Join(' ', from name in Settings select One(file, "PRAGMA " + name)),
            Ct);

        settings.Value.ShouldBe("wal 2 0 1");

        static string One(DatabaseFile file, string pragma)
        {
            var row = file.Writer.Prepare(pragma);
            row.Step();
            var value = row.Text(0);
            row.Reset();
            return value;
        }
    }

    private async Task AlterPlatformAsync(string sql) => await Databases.WriteAsync<string, bool>(
        DatabaseName.Platform,
        sql,
        static (file, statement) =>
        {
            file.Writer.Execute(statement);
            return true;
        },
        Ct);

    private async Task ReadAsync(ConversationId id, int times)
    {
        for (var i = 0; i < times; i++)
        {
            (await Port<IConversationReader>().FindAsync(Client, id, Ct)).ShouldNotBeNull();
        }
    }

    private int OpenClientFiles() => OpenFiles().Distinct(StringComparer.Ordinal).Count();

    private int OpenHandles() => OpenFiles().Count();

    // A link whose file was closed meanwhile leads nowhere.
    private IEnumerable<string> OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Select(static link => new FileInfo(link).LinkTarget)
        .OfType<string>()
        .Where(path => path.StartsWith(ClientFiles, StringComparison.Ordinal) && path.EndsWith(".db", StringComparison.Ordinal));

    private async Task LimitPages(int pages) =>
        await Databases.WriteAsync<int, bool>(
            Own,
            pages,
            static (file, most) =>
            {
                file.Writer.Execute($"PRAGMA max_page_count = {most}");
                return true;
            },
            Ct);

    private async Task<object> Writer() =>
        (await Databases.WriteAsync<int, Connection>(Own, 0, static (file, _) => file.Writer, Ct)).Value!;

    private Task<HealthCheckResult> Health() => Port<SqliteDocuments>().CheckHealthAsync(new HealthCheckContext(), Ct);
}
