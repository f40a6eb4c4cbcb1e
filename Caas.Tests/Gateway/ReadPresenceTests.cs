using Caas.Domain.Callers;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Presence;
using Caas.Domain.Validation;
using Caas.Engines.InMemory.Presence;

namespace Caas.Tests.Gateway;

public sealed class ReadPresenceTests : IMemberReader
{
    private static readonly UserId Ann = UserId.Parse("ann");
    private static readonly UserId Ben = UserId.Parse("ben");
    private static readonly UserId Cem = UserId.Parse("cem");

    private readonly List<IReadOnlyList<UserId>> _asked = [];
    private readonly Caller _caller = new()
    {
        ClientId = new ClientId(Guid.CreateVersion7()),
        ApplicationId = new AppId(Guid.CreateVersion7()),
        UserId = Ann,
    };

    [Fact]
    public async Task Who_asks_only_for_themselves_costs_the_store_nothing()
    {
        (await ReadAsync("ann")).ShouldBe([Ann]);

        _asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Others_are_told_of_only_where_the_caller_shares_a_conversation_with_them()
    {
        (await ReadAsync("ann", "ben", "cem")).ShouldBe([Ann, Ben]);

        _asked.ShouldHaveSingleItem().ShouldBe([Ben, Cem]);
    }

    ValueTask<IReadOnlySet<UserId>> IMemberReader.SharingAsync(
        ClientId clientId, UserId userId, IReadOnlyList<UserId> candidates, CancellationToken cancellationToken)
    {
        _asked.Add(candidates);
        return ValueTask.FromResult<IReadOnlySet<UserId>>(new HashSet<UserId> { Ben });
    }

    ValueTask<IReadOnlyList<Member>> IMemberReader.ListAsync(
        ClientId clientId, ConversationId conversationId, UserId? after, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Presence needs no list of members.");

    ValueTask<Membership?> IMemberReader.FindAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Presence needs no single member.");

    private async Task<IEnumerable<UserId>> ReadAsync(params string[] userIds)
    {
        var reading = new ReadPresence(new InMemoryPresence(TimeProvider.System), this, new LimitsOptions());
        var read = await reading.ExecuteAsync(_caller, userIds, TestContext.Current.CancellationToken);
        return read.Value.ShouldNotBeNull().Select(presence => presence.UserId);
    }
}
