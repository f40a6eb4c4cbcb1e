using Caas.Domain.Ids;
using Caas.Domain.Presence;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IPresence"/> promises.</summary>
public abstract class PresenceContract : IAsyncLifetime
{
    private static readonly ClientId Client = new(new Guid("018f3c00-0000-7000-8000-000000000001"));
    private static readonly ClientId OtherClient = new(new Guid("018f3c00-0000-7000-8000-000000000002"));
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly UserId Bob = UserId.Parse("bob@example.com");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected IPresence Presence { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Presence = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_first_connection_brings_a_user_online_and_is_told_once()
    {
        var before = Now;
        var told = (await TouchAsync(Alice, "a1")).ShouldNotBeNull();

        told.UserId.ShouldBe(Alice);
        told.Status.ShouldBe(PresenceStatus.Online);
        told.LastSeenAt.ShouldNotBeNull().ShouldBeInRange(before - Second, Now + Second);
        (await TouchAsync(Alice, "a1")).ShouldBeNull();
        (await TouchAsync(Alice, "a2")).ShouldBeNull();
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task Whom_nobody_knows_is_offline_and_was_never_seen()
    {
        await TouchAsync(Alice, "a1");

        var read = await Presence.ReadAsync(Client, [Bob, Alice, Bob], Stop);

        read.Select(presence => presence.UserId).ShouldBe([Bob, Alice, Bob]);
        read[0].ShouldBe(new UserPresence(Bob, PresenceStatus.Offline, LastSeenAt: null));
        read[1].Status.ShouldBe(PresenceStatus.Online);
        (await Presence.ReadAsync(Client, [], Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_best_of_a_users_connections_counts()
    {
        (await TouchAsync(Alice, "a1", PresenceStatus.Away))?.Status.ShouldBe(PresenceStatus.Away);
        (await TouchAsync(Alice, "a2", PresenceStatus.Online))?.Status.ShouldBe(PresenceStatus.Online);

        (await TouchAsync(Alice, "a1", PresenceStatus.Away)).ShouldBeNull();
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task A_status_that_a_connection_says_holds_at_once()
    {
        await TouchAsync(Alice, "a1");

        (await TouchAsync(Alice, "a1", PresenceStatus.Away)).ShouldNotBeNull().Status.ShouldBe(PresenceStatus.Away);
        (await TouchAsync(Alice, "a1", PresenceStatus.Online)).ShouldNotBeNull().Status.ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task Whose_last_connection_went_is_offline_when_the_grace_has_passed_and_that_is_told_once()
    {
        await TouchAsync(Alice, "a1");
        await Presence.RemoveAsync(Client, Alice, "a1", Stop);
        var gone = Now;
        await AdvanceAsync(Grace - Second);

        (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);

        await AdvanceAsync(Second);
        var (client, told) = (await Presence.SweepAsync(Stop)).Single();

        client.ShouldBe(Client);
        told.UserId.ShouldBe(Alice);
        told.Status.ShouldBe(PresenceStatus.Offline);
        (Now - told.LastSeenAt.ShouldNotBeNull()).ShouldBeInRange(Grace - Second, Grace + Slack);
        (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        (await Presence.ReadAsync(Client, [Alice], Stop)).Single().ShouldBe(told);
        gone.ShouldBeLessThanOrEqualTo(Now);
    }

    [Fact]
    public async Task Who_comes_back_within_the_grace_never_left()
    {
        await TouchAsync(Alice, "a1");
        await Presence.RemoveAsync(Client, Alice, "a1", Stop);
        await AdvanceAsync(Grace - Second);

        (await TouchAsync(Alice, "a2")).ShouldBeNull();
        await AdvanceAsync(Grace);

        (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task What_remains_counts_when_the_grace_has_passed_whatever_is_repeated_until_then()
    {
        await TouchAsync(Alice, "a1", PresenceStatus.Online);
        await TouchAsync(Alice, "a2", PresenceStatus.Away);
        await Presence.RemoveAsync(Client, Alice, "a1", Stop);

        (await TouchAsync(Alice, "a2", PresenceStatus.Away)).ShouldBeNull();
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
        await AdvanceAsync(Grace);

        (await Presence.SweepAsync(Stop)).Single().Presence.Status.ShouldBe(PresenceStatus.Away);
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Away);
    }

    [Fact]
    public async Task A_connection_that_nobody_repeats_expires()
    {
        await TouchAsync(Alice, "a1");
        await AdvanceAsync(Expiry - Second);
        (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        await AdvanceAsync(Second);

        var told = (await Presence.SweepAsync(Stop)).Single().Presence;

        told.Status.ShouldBe(PresenceStatus.Offline);
        (Now - told.LastSeenAt.ShouldNotBeNull()).ShouldBeInRange(Expiry - Second, Expiry + Slack);
    }

    [Fact]
    public async Task A_connection_that_is_repeated_does_not_expire()
    {
        await TouchAsync(Alice, "a1");
        for (var i = 0; i < 4; i++)
        {
            await AdvanceAsync(Expiry - Second);
            (await TouchAsync(Alice, "a1")).ShouldBeNull();
            (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_node_that_dies_takes_its_own_connections_with_it_and_no_others()
    {
        await TouchAsync(Alice, "on-the-dead-node");
        await TouchAsync(Bob, "also-on-the-dead-node");
        await TouchAsync(OtherNode, Alice, "here");
        await AdvanceAsync(Expiry - Second);
        await TouchAsync(OtherNode, Alice, "here");
        await AdvanceAsync(Second);

        var told = (await OtherNode.SweepAsync(Stop)).Single().Presence;

        told.UserId.ShouldBe(Bob);
        told.Status.ShouldBe(PresenceStatus.Offline);
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task A_connection_that_was_never_there_takes_nobody_away()
    {
        await TouchAsync(Alice, "a1");
        await Presence.RemoveAsync(Client, Alice, "another", Stop);
        await Presence.RemoveAsync(Client, Bob, "b1", Stop);
        await AdvanceAsync(Grace);

        (await Presence.SweepAsync(Stop)).ShouldBeEmpty();
        (await Presence.ReadAsync(Client, [Bob], Stop)).Single().LastSeenAt.ShouldBeNull();
    }

    [Fact]
    public async Task Clients_do_not_see_each_others_users()
    {
        await TouchAsync(Alice, "a1");

        (await Presence.ReadAsync(OtherClient, [Alice], Stop)).Single().Status.ShouldBe(PresenceStatus.Offline);
        (await Presence.TouchAsync(OtherClient, Alice, "a1", PresenceStatus.Away, Stop)).ShouldNotBeNull();
        await Presence.RemoveAsync(OtherClient, Alice, "a1", Stop);
        await AdvanceAsync(Grace);

        (await Presence.SweepAsync(Stop)).Single().ClientId.ShouldBe(OtherClient);
        (await StatusAsync(Alice)).ShouldBe(PresenceStatus.Online);
    }

    [Fact]
    public async Task Every_node_sees_it_and_one_is_told()
    {
        var users = Enumerable.Range(0, 50).Select(i => UserId.Parse($"user-{i}")).ToList();
        foreach (var user in users)
        {
            (await TouchAsync(user, "c")).ShouldNotBeNull();
            (await TouchAsync(OtherNode, user, "d")).ShouldBeNull();
            await OtherNode.RemoveAsync(Client, user, "c", Stop);
            await Presence.RemoveAsync(Client, user, "d", Stop);
        }

        (await OtherNode.ReadAsync(Client, users, Stop)).ShouldAllBe(presence => presence.Status == PresenceStatus.Online);
        await AdvanceAsync(Grace);
        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(async () => await (i % 2 == 0 ? Presence : OtherNode).SweepAsync(Stop), Stop)));

        told.SelectMany(one => one).Select(one => one.Presence.UserId).ShouldBe(users, ignoreOrder: true);
    }

    [Fact]
    public async Task Of_many_touches_at_once_one_tells()
    {
        var told = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            Task.Run(async () => await TouchAsync(i % 2 == 0 ? Presence : OtherNode, Alice, $"c{i}"), Stop)));

        told.Count(presence => presence is not null).ShouldBe(1);
    }

    /// <summary>How long a user whose connection went counts as still there.</summary>
    protected abstract TimeSpan Grace { get; }

    /// <summary>How long a connection lasts that nobody repeats.</summary>
    protected abstract TimeSpan Expiry { get; }

    /// <summary>The adapter's time.</summary>
    protected abstract DateTimeOffset Now { get; }

    /// <summary>The same presence as another node has it.</summary>
    protected abstract IPresence OtherNode { get; }

    /// <summary>The adapter, with nothing in it.</summary>
    protected abstract ValueTask<IPresence> StartAsync();

    /// <summary>Lets time pass.</summary>
    protected abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();

    // What a test itself may take where time is real.
    private static TimeSpan Slack => TimeSpan.FromSeconds(15);

    private ValueTask<UserPresence?> TouchAsync(UserId user, string connection, PresenceStatus status = PresenceStatus.Online) =>
        TouchAsync(Presence, user, connection, status);

    private static ValueTask<UserPresence?> TouchAsync(
        IPresence node, UserId user, string connection, PresenceStatus status = PresenceStatus.Online) =>
        node.TouchAsync(Client, user, connection, status, Stop);

    private async Task<PresenceStatus> StatusAsync(UserId user) =>
        (await Presence.ReadAsync(Client, [user], Stop)).Single().Status;
}
