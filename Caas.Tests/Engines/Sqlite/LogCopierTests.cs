using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>The write-ahead log is copied beside the writer: here after nearly every commit.</summary>
public sealed class LogCopierTests : DocumentsContract
{
    private const long Page = 4096;

    private readonly SqliteUnderTest _engine;

    public LogCopierTests()
        : this(new SqliteUnderTest(static options => (options.MaxOpenFiles, options.CheckpointPages) = (4, 16)))
    {
    }

    private LogCopierTests(SqliteUnderTest engine)
        : base(engine) => _engine = engine;

    private DatabaseSet Databases => Port<DatabaseSet>();

    private DatabaseName Own => DatabaseName.Of(Client);

    [Fact]
    public async Task However_much_is_written_the_log_is_begun_again_and_nothing_is_missing()
    {
        var id = await Group(Ann, Bob);
        for (var batch = 0; batch < 60; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Send(id, i % 2 == 0 ? Ann : Bob, new string('x', 20_000))));
        }

        var file = Port<DataFolder>().ClientDatabase(Client);
        new FileInfo(file).Length.ShouldBeGreaterThan(2000 * Page);
        new FileInfo(file + "-wal").Length.ShouldBeLessThan(1000 * Page);
        await ReopenAsync();
        File.Exists(file + "-wal").ShouldBeFalse("closed in good order");
        (await EventsOf(id)).Count.ShouldBe(603);
        (await CheckAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task A_file_is_closed_and_removed_in_the_midst_of_its_copies()
    {
        var clients = Enumerable.Range(0, 12).Select(_ => new ClientId(Guid.CreateVersion7())).ToArray();
        var ids = clients.ToDictionary(client => client, _ => NewId());
        for (var round = 0; round < 4; round++)
        {
            await Task.WhenAll(clients.Select(async client =>
            {
                if (round == 0)
                {
                    await Commit(ids[client], NewGroup(HistoryAccess.All, Ann), client: client);
                }

                await Commit(ids[client], Text(Ann, new string('x', 200_000)), client: client);
            }));
        }

        foreach (var client in clients)
        {
            (await EventsOf(ids[client], client)).Count.ShouldBe(6);
            await Commit(ids[client], Text(Ann, new string('x', 200_000)), client: client);
            await Databases.EraseAsync(client, Ct);
        }

        Directory.GetFiles(Path.Combine(_engine.Folder, "clients")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_copy_that_fails_is_told_and_one_whose_file_was_left_is_not()
    {
        await Group(Ann);
        var elsewhere = await AtAsync(Path.Combine(_engine.Folder, "nothing", "here.db"));
        var copier = new LogCopier("copier");
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        copier.TryTake(out _, out _).ShouldBeFalse("none was begun");

        copier.Start(elsewhere, ended.SetResult);
        await ended.Task;

        copier.TryTake(out var file, out var failure).ShouldBeTrue();
        file.ShouldBeSameAs(elsewhere);
        failure.ShouldNotBeNull().IsStorage.ShouldBeTrue();
        copier.File.ShouldBeNull();

        copier.Start(elsewhere, static () => { });
        copier.Leave(elsewhere);

        copier.TryTake(out _, out _).ShouldBeFalse();
        copier.File.ShouldBeNull();
    }

    // A file whose writer is the client's, at another path.
    private async Task<DatabaseFile> AtAsync(string path) => (await Databases.WriteAsync<string, DatabaseFile>(
        Own, path, (file, at) => new DatabaseFile(file.Name, at, file.Writer, 1, new RelaySource(file.Name, 0, Clock), 0, false), Ct)).Value!;

    private ValueTask<string> CheckAsync() => Databases.ReadAsync(
        Own,
        0,
        static (connection, _) =>
        {
            var row = connection.Prepare("PRAGMA integrity_check");
            row.Step();
            var answer = row.Text(0);
            row.Reset();
            return answer;
        },
        "no file",
        Ct);
}
