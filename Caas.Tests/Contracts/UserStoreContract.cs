using System.Text;
using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Users;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IUserStore"/> promises.</summary>
public abstract class UserStoreContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IUserStore Users => Port<IUserStore>();

    [Fact]
    public async Task A_user_is_read_as_it_was_put()
    {
        var draft = new UserDraft(Ann, "Ann", "https://x/a.png", "admin", JsonElement.Parse("""{"team":"x"}"""));

        var put = (await Put(draft)).Single();
        var read = (await Users.FindAsync(Client, Ann, Ct)).ShouldNotBeNull();

        put.Created.ShouldBeTrue();
        read.Attributes!.Value.GetRawText().ShouldBe("""{"team":"x"}""");
        (read with { Attributes = null }).ShouldBe(put.User with { Attributes = null });
        (read.Name, read.AvatarUrl, read.Role, read.CreatedAt).ShouldBe(("Ann", "https://x/a.png", "admin", Clock.GetUtcNow()));
        (await Users.FindAsync(OtherClient, Ann, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task What_stays_the_same_has_no_event_and_keeps_its_etag()
    {
        var first = (await Put(Draft(Ann, "Ann"))).Single().User;
        Clock.Advance(TimeSpan.FromMinutes(1));
        var same = (await Put(Draft(Ann, "Ann"), Draft(Bob, "Bob")))[0];
        var changed = (await Put(Draft(Ann, "Anna"))).Single();

        (same.Created, same.User).ShouldBe((false, first));
        (changed.Created, changed.User.CreatedAt, changed.User.Etag == first.Etag).ShouldBe((false, first.CreatedAt, false));
        (await ClientEvents(3)).Select(occurred => (occurred.Version, occurred.Type, occurred.Data.User!.Id)).ShouldBe(
            [(1, EventTypes.UserCreated, Ann), (2, EventTypes.UserCreated, Bob), (3, EventTypes.UserUpdated, Ann)]);
    }

    [Fact]
    public async Task An_older_etag_is_refused_and_changes_nothing()
    {
        var etag = (await Put(Draft(Ann, "Ann"))).Single().User.Etag;
        await Put(Draft(Ann, "Anna"));

        var refused = await Users.PutAsync(Client, [Draft(Ann, "Annie")], Origin, etag, null, Ct);

        refused.Error!.Code.ShouldBe(ErrorCatalogue.PreconditionFailed);
        (await Users.FindAsync(Client, Ann, Ct))!.Name.ShouldBe("Anna");
    }

    [Fact]
    public async Task A_batch_with_an_idempotency_key_has_one_effect()
    {
        var key = new IdempotencyKey("key", "k", new byte[] { 1 });
        var write = new IdempotentWrite<IReadOnlyList<PutUser>>(
            key, static outcome => new StoredAnswer(200, Encoding.UTF8.GetBytes($"{outcome.Count}"), null, null));

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Users.PutAsync(Client, [Draft(Ann, $"{i}")], Origin, null, write, Ct).AsTask()));

        results.Count(result => result.Error is null).ShouldBe(1);
        results.Count(result => result.Error?.EarlierAnswer is { Status: 200 }).ShouldBe(19);
        (await ClientEvents(1)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Users_are_listed_by_id_in_pages_and_asked_for_by_many()
    {
        var drafts = Enumerable.Range(0, 7).Select(i => Draft(UserId.Parse($"u{i}"), $"{i}")).ToArray();
        await Put([.. drafts.Reverse()]);

        var first = await Users.ListAsync(Client, null, 4, Ct);
        var second = await Users.ListAsync(Client, first[^1].Id, 4, Ct);

        first.Concat(second).Select(user => user.Id).ShouldBe(drafts.Select(draft => draft.Id));
        (await Users.ExistingAsync(Client, [drafts[2].Id, Ann], Ct)).ShouldBe([drafts[2].Id]);
        (await Users.ExistingAsync(OtherClient, [drafts[2].Id], Ct)).ShouldBeEmpty();
    }

    private static UserDraft Draft(UserId id, string name) => new(id, name, null, UserRoles.User, null);

    private async Task<IReadOnlyList<PutUser>> Put(params UserDraft[] drafts) =>
        (await Users.PutAsync(Client, drafts, Origin, null, null, Ct)).Value.ShouldNotBeNull();
}
