using Caas.Domain.Tokens;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IRevocationLog"/> promises.</summary>
public abstract class RevocationLogContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IRevocationLog Revocations => Port<IRevocationLog>();

    [Fact]
    public async Task Entries_are_numbered_without_gaps_however_many_append_at_once()
    {
        (await Revocations.ReadLastAsync(Ct)).ShouldBe(0);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Revocations.AppendAsync(Entry($"{i}"), Ct).AsTask()));

        numbers.Order().ShouldBe(Enumerable.Range(1, 50).Select(number => (long)number));
        (await Revocations.ReadLastAsync(Ct)).ShouldBe(50);
    }

    [Fact]
    public async Task Entries_are_listed_above_a_number_as_they_were_appended()
    {
        await Revocations.AppendAsync(Entry("a"), Ct);
        await Revocations.AppendAsync(Entry("b"), Ct);
        await Revocations.AppendAsync(Entry("c"), Ct);

        (await Revocations.ListAsync(1, 1, Ct)).ShouldBe([new NumberedRevocation(2, Entry("b"))]);
        await ReopenAsync();
        (await Revocations.ListAsync(2, 10, Ct)).ShouldBe([new NumberedRevocation(3, Entry("c"))]);
    }

    private Revocation Entry(string subject) => new(Client, RevocationKind.Session, subject, Clock.GetUtcNow());
}
