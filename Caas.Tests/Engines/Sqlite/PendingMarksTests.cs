using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Tests.Engines.Sqlite;

public sealed class PendingMarksTests : IPendingLedger
{
    private readonly List<int> _marks = [];
    private readonly List<int> _clears = [];
    private readonly HashSet<ClientId> _noted = [];
    private readonly PendingMarks _pending;
    private bool _fails;

    public PendingMarksTests() => _pending = new PendingMarks(this);

    void IPendingLedger.Mark(IReadOnlyList<ClientId> clients)
    {
        if (_fails)
        {
            throw new IOException("The disk is full.");
        }

        _marks.Add(clients.Count);
        _noted.UnionWith(clients);
    }

    void IPendingLedger.Clear(IReadOnlyList<ClientId> clients)
    {
        _clears.Add(clients.Count);
        _noted.ExceptWith(clients);
    }

    [Fact]
    public void Files_that_are_written_in_one_batch_share_one_note()
    {
        var clients = Clients(10);

        Write([.. clients, .. clients]);
        Write(clients);

        _marks.ShouldBe([10]);
        _noted.Count.ShouldBe(10);
    }

    [Fact]
    public void A_file_that_is_written_again_soon_after_it_was_closed_needs_no_new_note()
    {
        var clients = Clients(3);
        Write(clients);
        Release(clients);

        Write(clients[..1]);
        _pending.ClearIdle();

        _marks.ShouldBe([3]);
        _clears.ShouldBe([2]);
        _noted.ShouldBe(clients[..1]);
    }

    [Fact]
    public void Notes_of_closed_files_are_taken_back_many_at_once()
    {
        foreach (var client in Clients(200))
        {
            Write([client]);
            Release([client]);
        }

        _clears.ShouldBe([64, 64, 64]);
        _noted.Count.ShouldBe(8);
        _pending.ClearIdle();
        _noted.ShouldBeEmpty();
    }

    [Fact]
    public void A_note_that_was_taken_back_is_made_again_before_the_next_write()
    {
        var clients = Clients(1);
        Write(clients);
        Release(clients);
        _pending.ClearIdle();

        Write(clients);

        _noted.ShouldBe(clients);
    }

    [Fact]
    public void What_could_not_be_noted_is_tried_with_the_next_write()
    {
        var clients = Clients(2);
        _fails = true;
        Should.Throw<IOException>(() => Write(clients));
        _fails = false;

        Write(clients[..1]);

        _noted.ShouldBe(clients[..1]);
    }

    [Fact]
    public void A_file_that_was_never_written_has_no_note_to_take_back()
    {
        Release(Clients(1));
        _pending.ClearIdle();

        _clears.ShouldBeEmpty();
    }

    private static ClientId[] Clients(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new ClientId(Guid.CreateVersion7()))];

    private void Write(IEnumerable<ClientId> clients)
    {
        foreach (var client in clients)
        {
            _pending.Expect(client);
        }

        _pending.MarkExpected();
    }

    private void Release(IEnumerable<ClientId> clients)
    {
        foreach (var client in clients)
        {
            _pending.Release(client);
        }
    }
}
