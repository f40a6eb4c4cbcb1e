using System.Diagnostics.Metrics;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;

namespace Caas.Tests.Engines.Mongo;

/// <summary>What the operator sees of the store moves with it.</summary>
public sealed class MongoMetricsTests : DocumentsContract
{
    private readonly MongoUnderTest _engine;

    public MongoMetricsTests()
        : this(new MongoUnderTest())
    {
    }

    private MongoMetricsTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    [Fact]
    public async Task Commands_batches_and_what_is_tried_again_are_measured()
    {
        var id = await Group(Ann);
        using var readings = new MeterReadings(Port<IMeterFactory>());
        using var conflicts = _engine.Server.Fail(MongoFault.Refuse("bulkWrite", MongoErrors.WriteConflict) with { Times = 2 });

        await Send(id, Ann, "hi");

        readings.Of("caas.mongo.command.duration", "command=bulkWrite", "outcome=failed").Count.ShouldBe(2);
        readings.Of("caas.mongo.command.duration", "command=bulkWrite", "outcome=ok").ShouldAllBe(seconds => seconds > 0);
        readings.Of("caas.mongo.batch.size").ShouldContain(1);
        readings.Of("caas.mongo.retries").Sum().ShouldBe(2);
    }

    [Fact]
    public async Task Writes_that_wait_are_shown_until_they_are_done()
    {
        var id = await Group(Ann);
        using var readings = new MeterReadings(Port<IMeterFactory>());
        _engine.Server.Stall();

        // The first are one batch, which the server holds: whoever comes then has to wait.
        var sends = new List<Task>();
        await Poll.UntilAsync(
            () =>
            {
                sends.Add(Send(id, Ann, $"message {sends.Count}"));
                return ValueTask.FromResult(readings.Now("caas.mongo.queued") > 0);
            },
            "writes wait");
        _engine.Server.Resume();
        await Task.WhenAll(sends);

        await Poll.UntilAsync(() => ValueTask.FromResult(readings.Now("caas.mongo.queued") == 0), "nothing waits");
    }
}
