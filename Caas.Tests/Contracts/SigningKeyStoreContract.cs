using Caas.Domain.Tokens;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="ISigningKeyStore"/> promises.</summary>
public abstract class SigningKeyStoreContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private ISigningKeyStore Keys => Port<ISigningKeyStore>();

    [Fact]
    public async Task Of_two_nodes_that_rotate_at_once_one_does()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Keys.TryAddAsync(Key($"k{i}"), null, null, Ct).AsTask()));

        added.Count(won => won).ShouldBe(1);
        (await Keys.ListAsync(Clock.GetUtcNow(), Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_is_published_until_it_retires()
    {
        await Keys.TryAddAsync(Key("old"), null, null, Ct);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var retires = Clock.GetUtcNow() + TimeSpan.FromHours(1);

        (await Keys.TryAddAsync(Key("new"), "other", retires, Ct)).ShouldBeFalse();
        (await Keys.TryAddAsync(Key("new"), "old", retires, Ct)).ShouldBeTrue();

        var both = await Keys.ListAsync(Clock.GetUtcNow(), Ct);
        both.Select(key => (key.Id, key.RetiresAt)).ShouldBe([("old", retires), ("new", null)]);
        both[0].PrivateKey.ToArray().ShouldBe([1, 2, 3]);
        (await Keys.ListAsync(retires, Ct)).Select(key => key.Id).ShouldBe(["new"]);
    }

    private SigningKey Key(string id) =>
        new(id, new byte[] { 1, 2, 3 }, Clock.GetUtcNow(), Clock.GetUtcNow() + TimeSpan.FromMinutes(5), null);
}
