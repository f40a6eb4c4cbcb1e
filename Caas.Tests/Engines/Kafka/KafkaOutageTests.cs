namespace Caas.Tests.Engines.Kafka;

/// <summary>P10 in its small form: no broker answers for some seconds, while the work goes on.</summary>
public sealed class KafkaOutageTests : MockKafkaTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Appends_during_an_outage_are_all_acknowledged_after_it_in_order_and_none_is_lost()
    {
        Mock.CreateTopic(Topic);
        var engine = Open();
        await AppendAsync(engine, 0);
        var appends = new List<Task>();

        await DuringOutageAsync(number => appends.Add(AppendAsync(engine, number)));
        await Task.WhenAll(appends);

        appends.Count.ShouldBeGreaterThan(10);
        (await ReadAsync(engine, appends.Count + 1)).ShouldBe(Enumerable.Range(0, appends.Count + 1));
    }

    [Fact]
    public async Task A_producer_that_gives_up_within_the_outage_is_found_to_lose()
    {
        Mock.CreateTopic(Topic);
        var engine = Open(("Caas:Kafka:AppendTimeout", "00:00:01"));
        await AppendAsync(engine, 0);
        var appends = new List<Task>();

        await DuringOutageAsync(number => appends.Add(AppendAsync(engine, number)));
        var all = Task.WhenAll(appends);
        await Should.ThrowAsync<IOException>(all);
        var patient = Open();
        await AppendAsync(patient, 1_000_000);

        var read = await ReadUntilAsync(patient, 1_000_000);
        Enumerable.Range(0, appends.Count + 1).Except(read).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_member_goes_on_after_an_outage_and_what_it_committed_meanwhile_is_sent()
    {
        Mock.CreateTopic(Topic, partitions: 1);

        // Longer than the outage: else the group would have put it out, and the record would be read again.
        var engine = Open(("Caas:Kafka:SessionTimeout", "00:00:20"));
        await AppendAsync(engine, 0);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        await member.ReadAsync(Guard);

        var commits = new List<Task>();
        await DuringOutageAsync(_ => commits.Add(member.CommitAsync(0, 1, Guard).AsTask()));
        await Task.WhenAll(commits);
        await AppendAsync(engine, 1);

        (await member.ReadAsync(Guard)).Records.Select(Number).ShouldBe([1]);
        await CommittedAsync(engine, 1);
    }

    // The work goes on at its own pace while no broker answers.
    private async Task DuringOutageAsync(Action<int> work)
    {
        Mock.Stop();
        var began = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var number = 1; TimeProvider.System.GetElapsedTime(began) < Outage; number++)
        {
            work(number);
            await pace.WaitForNextTickAsync(Guard);
        }

        Mock.Resume();
    }

    private async Task<List<int>> ReadAsync(KafkaFixture engine, int count)
    {
        var read = await ReadUntilAsync(engine, numbers => numbers.Count >= count);
        read.Count.ShouldBe(count);
        return read;
    }

    private Task<List<int>> ReadUntilAsync(KafkaFixture engine, int last) =>
        ReadUntilAsync(engine, numbers => numbers.Contains(last));

    private async Task<List<int>> ReadUntilAsync(KafkaFixture engine, Predicate<List<int>> isOver)
    {
        await using var member = await engine.JoinAsync(Topic, "reader", Guard);
        var numbers = new List<int>();
        while (!isOver(numbers))
        {
            numbers.AddRange((await member.ReadAsync(Guard)).Records.Select(Number));
        }

        return numbers;
    }
}
