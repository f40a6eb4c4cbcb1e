using Caas.Domain.Events;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IDeadLetterStore"/> promises.</summary>
public abstract class DeadLetterStoreContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IDeadLetterStore Letters => Port<IDeadLetterStore>();

    [Fact]
    public async Task A_letter_comes_back_as_it_was()
    {
        var letter = Letter(1) with { EventId = "evt_1", TraceParent = "00-trace-01" };
        (await Letters.AddAsync(letter, Ct)).ShouldBeTrue();
        await ReopenAsync();

        var found = (await Letters.FindAsync(letter.Id, Ct)).ShouldNotBeNull();

        found.State.ShouldBe(DeadLetterState.Waiting);
        found.Letter.Value.ToArray().ShouldBe([1, 2, 3]);
        (found.Letter with { Value = letter.Value }).ShouldBe(letter);
        (await Letters.FindAsync(Letter(2).Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_letter_is_kept_once()
    {
        (await Letters.AddAsync(Letter(1), Ct)).ShouldBeTrue();
        (await Letters.AddAsync(Letter(1) with { Attempts = 99 }, Ct)).ShouldBeFalse();

        (await Letters.ListAsync(null, 10, Ct)).Single().Attempts.ShouldBe(5);
    }

    [Fact]
    public async Task Pages_have_the_newest_first_and_no_values()
    {
        for (var i = 1; i <= 5; i++)
        {
            await Letters.AddAsync(Letter(i), Ct);
        }

        var first = await Letters.ListAsync(null, 3, Ct);
        var second = await Letters.ListAsync(first[^1].Id, 3, Ct);

        first.Concat(second).Select(letter => letter.Offset).ShouldBe([5, 4, 3, 2, 1]);
        first.ShouldAllBe(letter => letter.Value.IsEmpty);
    }

    [Theory]
    [InlineData(DeadLetterState.Replayed)]
    [InlineData(DeadLetterState.Discarded)]
    public async Task One_that_is_done_with_is_not_listed_and_does_not_come_back(DeadLetterState state)
    {
        await Letters.AddAsync(Letter(1), Ct);

        (await Letters.RemoveAsync(Letter(1).Id, state, Ct)).ShouldBeTrue();
        (await Letters.RemoveAsync(Letter(1).Id, state, Ct)).ShouldBeFalse();
        (await Letters.AddAsync(Letter(1), Ct)).ShouldBeFalse();

        (await Letters.ListAsync(null, 10, Ct)).ShouldBeEmpty();
        var found = (await Letters.FindAsync(Letter(1).Id, Ct)).ShouldNotBeNull();
        found.State.ShouldBe(state);
        found.Letter.Value.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_is_too_old_goes()
    {
        await Letters.AddAsync(Letter(1), Ct);
        Clock.Advance(IDeadLetterStore.KeptFor + TimeSpan.FromSeconds(1));
        await Letters.AddAsync(Letter(2), Ct);

        (await Letters.ListAsync(null, 10, Ct)).Select(letter => letter.Offset).ShouldBe([2]);
        (await Letters.FindAsync(Letter(1).Id, Ct)).ShouldBeNull();
    }

    private DeadLetter Letter(int number)
    {
        var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero).AddSeconds(number);
        return new DeadLetter
        {
            Id = DeadLetterId.Of("delivery", Topics.Events, 0, number, at),
            Topic = Topics.Events,
            Partition = 0,
            Offset = number,
            Key = "conv",
            EventId = null,
            Consumer = "delivery",
            Attempts = 5,
            Reason = "InvalidDataException: no",
            AppendedAt = at,
            FailedAt = Clock.GetUtcNow(),
            Value = new byte[] { 1, 2, 3 },
            TraceParent = null,
        };
    }
}
