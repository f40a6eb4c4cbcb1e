using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IOutbox"/> promises.</summary>
public abstract class OutboxContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IOutbox Outbox => Port<IOutbox>();

    [Fact]
    public async Task Every_change_is_given_in_the_order_of_its_log()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Group(Ann)));
        await Task.WhenAll(ids.SelectMany(id => Enumerable.Range(0, 20).Select(i => Send(id, Ann, $"{i}"))));

        var changes = await Drain(110);

        foreach (var id in ids)
        {
            changes.Where(change => change.ConversationId == id).Select(change => change.Version)
                .ShouldBe(Enumerable.Range(1, 22).Select(version => (long)version));
        }
    }

    [Fact]
    public async Task A_batch_comes_again_until_it_is_confirmed()
    {
        await Group(Ann);
        var shard = await ShardWithChanges();

        var first = await Outbox.ReadAsync(shard, 1, Ct);
        var again = await Outbox.ReadAsync(shard, 1, Ct);
        await Outbox.ConfirmAsync(again, Ct);
        var next = await Outbox.ReadAsync(shard, 1, Ct);

        again.Changes.Single().Version.ShouldBe(first.Changes.Single().Version);
        (first.Changes[0].Version, next.Changes[0].Version).ShouldBe((1, 2));
    }

    [Fact]
    public async Task A_read_waits_until_there_is_something()
    {
        var reads = Enumerable.Range(0, Outbox.Shards).Select(shard => Outbox.ReadAsync(shard, 10, Ct).AsTask()).ToArray();
        reads.ShouldAllBe(read => !read.IsCompleted);

        var id = await Group(Ann);

        var batch = await await Task.WhenAny(reads);
        batch.Changes[0].ConversationId.ShouldBe(id);
    }

    [Fact]
    public async Task What_was_not_confirmed_is_there_after_the_engine_was_closed_and_opened()
    {
        var id = await Group(Ann);
        var shard = await ShardWithChanges();
        await Outbox.ConfirmAsync(await Outbox.ReadAsync(shard, 1, Ct), Ct);

        await ReopenAsync();

        var rest = await Drain(1);
        rest.Select(change => (change.ConversationId, change.Version)).ShouldBe([(id, 2)]);
        (await Outbox.CountPendingAsync(Client, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Pending_changes_are_counted_for_each_client()
    {
        await Group(Ann, Bob);

        (await Outbox.CountPendingAsync(Client, Ct)).ShouldBe(3);
        (await Outbox.CountPendingAsync(OtherClient, Ct)).ShouldBe(0);
        await Drain(3);
        (await Outbox.CountPendingAsync(Client, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task The_backlog_is_all_that_waits_and_since_when_nothing_of_it_moved()
    {
        var before = await Outbox.ReadBacklogAsync(Ct);
        await Group(Ann, Bob);
        Clock.Advance(TimeSpan.FromSeconds(40));
        await Group(Ann);
        Clock.Advance(TimeSpan.FromSeconds(20));

        var waiting = await Outbox.ReadBacklogAsync(Ct);
        await Drain(5);
        var after = await Outbox.ReadBacklogAsync(Ct);

        waiting.ShouldBe(new OutboxBacklog(before.Changes + 5, TimeSpan.FromMinutes(1)));
        after.ShouldBe(new OutboxBacklog(0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_busy_client_does_not_keep_another_waiting()
    {
        var busy = await Group(Ann);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Send(busy, Ann, $"{i}")));
        var shard = await ShardWithChanges();
        for (var i = 0; i < 16; i++)
        {
            // Some of them, by chance nearly surely, in the same shard.
            await Commit(NewId(), NewGroup(HistoryAccess.All, Ann), client: new ClientId(Guid.CreateVersion7()));
        }

        var relayed = new List<ClientId>();
        while (relayed.Count(client => client == Client) < 52)
        {
            var batch = await Outbox.ReadAsync(shard, 5, Ct);
            relayed.AddRange(batch.Changes.Select(change => change.ClientId));
            await Outbox.ConfirmAsync(batch, Ct);
        }

        relayed.IndexOf(relayed.First(client => client != Client)).ShouldBeLessThan(20);
    }

    /// <summary>Reads and confirms until so many changes came, from whichever shard has some.</summary>
    private async Task<List<Change>> Drain(int count)
    {
        var changes = new List<Change>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Task.WhenAll(Enumerable.Range(0, Outbox.Shards).Select(Relay));
        return changes;

        async Task Relay(int shard)
        {
            try
            {
                while (true)
                {
                    var batch = await Outbox.ReadAsync(shard, 7, enough.Token);
                    await Outbox.ConfirmAsync(batch, Ct);
                    bool all;
                    lock (changes)
                    {
                        changes.AddRange(batch.Changes);
                        all = changes.Count >= count;
                    }

                    if (all)
                    {
                        await enough.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // All of them came.
            }
        }
    }

    private async Task<int> ShardWithChanges()
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var reads = Enumerable.Range(0, Outbox.Shards).Select(shard => Outbox.ReadAsync(shard, 1, found.Token).AsTask()).ToArray();
        var shard = Array.IndexOf(reads, await Task.WhenAny(reads));
        await found.CancelAsync();
        foreach (var read in reads)
        {
            await read.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return shard;
    }
}
