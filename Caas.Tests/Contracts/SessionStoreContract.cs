using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="ISessionStore"/> promises.</summary>
public abstract class SessionStoreContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private ISessionStore Sessions => Port<ISessionStore>();

    [Fact]
    public async Task A_session_is_read_as_it_was_added()
    {
        var added = await Add(Ann);

        (await Sessions.FindAsync(Client, added.Session.Id, Ct)).ShouldBe(added);
        (await Sessions.FindAsync(OtherClient, added.Session.Id, Ct)).ShouldBeNull();
        (await Sessions.FindAsync(Client, new SessionId(Guid.CreateVersion7()), Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_parallel_refreshes_one_rotates()
    {
        var id = (await Add(Ann)).Session.Id;

        var rotated = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ =>
            Sessions.TryRotateAsync(Client, id, 1, Clock.GetUtcNow(), Ct).AsTask()));

        rotated.Count(won => won).ShouldBe(1);
        var stored = (await Sessions.FindAsync(Client, id, Ct))!;
        (stored.Generation, stored.RotatedAt).ShouldBe((2, Clock.GetUtcNow()));
    }

    [Fact]
    public async Task An_ended_or_expired_session_does_not_rotate_and_is_not_listed()
    {
        var ended = (await Add(Ann)).Session;
        var expired = (await Add(Ann)).Session;
        await Sessions.RevokeAsync(Client, new SessionFilter(Ann, ended.Id, null), Origin, Clock.GetUtcNow(), Ct);
        (await Sessions.ListAsync(Client, Ann, null, 10, Ct)).ShouldBe([expired]);

        Clock.Advance(TimeSpan.FromDays(31));

        (await Sessions.TryRotateAsync(Client, ended.Id, 1, Clock.GetUtcNow(), Ct)).ShouldBeFalse();
        (await Sessions.TryRotateAsync(Client, expired.Id, 1, Clock.GetUtcNow(), Ct)).ShouldBeFalse();
        (await Sessions.ListAsync(Client, Ann, null, 10, Ct)).ShouldBeEmpty();
        (await Sessions.FindAsync(Client, ended.Id, Ct))!.Session.RevokedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Sessions_end_by_user_by_device_or_alone_once_and_with_an_event_each()
    {
        var phone = new DeviceId(Guid.CreateVersion7());
        var first = (await Add(Ann, phone)).Session;
        var second = (await Add(Ann)).Session;
        var third = (await Add(Ann)).Session;
        var others = (await Add(Bob)).Session;

        (await Revoke(new SessionFilter(Ann, null, phone))).ShouldBe([first.Id]);
        (await Revoke(new SessionFilter(Ann, others.Id, null))).ShouldBeEmpty();
        (await Revoke(new SessionFilter(Ann, null, null))).ShouldBe([second.Id, third.Id], ignoreOrder: true);
        (await Revoke(new SessionFilter(Ann, null, null))).ShouldBeEmpty();

        var events = await ClientEvents(3);
        events.Select(occurred => (occurred.Version, occurred.Type)).ShouldBe(
            [(1, EventTypes.SessionRevoked), (2, EventTypes.SessionRevoked), (3, EventTypes.SessionRevoked)]);
        (await Sessions.FindAsync(Client, others.Id, Ct))!.Session.RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Sessions_are_listed_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await Add(Ann);
        }

        var first = await Sessions.ListAsync(Client, Ann, null, 3, Ct);
        var second = await Sessions.ListAsync(Client, Ann, first[^1].Id, 3, Ct);

        first.Concat(second).Select(session => session.Id).Distinct().Count().ShouldBe(5);
    }

    private async Task<IEnumerable<SessionId>> Revoke(SessionFilter filter) =>
        (await Sessions.RevokeAsync(Client, filter, Origin, Clock.GetUtcNow(), Ct)).Select(session => session.Id);

    private async Task<StoredSession> Add(UserId user, DeviceId? device = null)
    {
        var session = new Session
        {
            Id = new SessionId(Guid.CreateVersion7()),
            UserId = user,
            DeviceId = device ?? new DeviceId(Guid.CreateVersion7()),
            ApplicationId = new AppId(Guid.CreateVersion7()),
            CreatedAt = Clock.GetUtcNow(),
            ExpiresAt = Clock.GetUtcNow() + TimeSpan.FromDays(30),
        };
        var stored = new StoredSession(session, 1, null);
        await Sessions.AddAsync(Client, stored, Ct);
        return stored;
    }
}
