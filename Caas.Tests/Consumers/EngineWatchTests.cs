using Caas.Consumers.Notifications;
using Caas.Domain.Events;
using Caas.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caas.Tests.Consumers;

public sealed class EngineWatchTests : IDisposable
{
    private readonly ConsumerHarness _harness = new();
    private readonly FakeHealth _health = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void An_engine_that_is_gone_for_some_looks_is_told_once_and_again_when_it_is_back()
    {
        using var watch = Watch();
        Look(watch, HealthStatus.Unhealthy, times: 10);
        Look(watch, HealthStatus.Healthy, times: 10);

        _harness.Told.Select(told => (told.Type, told.Subject)).ShouldBe(
            [(NotificationTypes.EngineAway, "documents"), (NotificationTypes.EngineBack, "documents")]);
    }

    [Fact]
    public void One_that_comes_and_goes_is_not_told()
    {
        using var watch = Watch();
        for (var i = 0; i < 10; i++)
        {
            Look(watch, HealthStatus.Unhealthy, times: 2);
            Look(watch, HealthStatus.Healthy, times: 1);
        }

        _harness.Told.ShouldBeEmpty();
    }

    [Fact]
    public void What_could_not_be_told_is_told_later()
    {
        using var watch = Watch();
        _harness.Stream.Refuses = static _ => true;
        Look(watch, HealthStatus.Unhealthy, times: 5);
        _harness.Stream.Refuses = static _ => false;
        Look(watch, HealthStatus.Unhealthy, times: 2);

        _harness.Told.Single().Type.ShouldBe(NotificationTypes.EngineAway);
    }

    [Fact]
    public void Whether_an_engine_answers_is_shown_at_once()
    {
        using var readings = new MeterReadings(_harness.Meters);
        using var watch = Watch();

        Look(watch, HealthStatus.Unhealthy, times: 1);
        readings.Now("caas.engines.up", "engine=documents").ShouldBe(0);
        Look(watch, HealthStatus.Degraded, times: 1);
        readings.Now("caas.engines.up", "engine=documents").ShouldBe(1);
    }

    private EngineWatch Watch() => new(
        _health, _harness.Notices, _harness.Metrics, _harness.Loop.Clock, NullLogger<EngineWatch>.Instance);

    private void Look(EngineWatch watch, HealthStatus status, int times)
    {
        _health.Status = status;
        for (var i = 0; i < times; i++)
        {
            _harness.Loop.Start(() => watch.LookAsync(CancellationToken.None)).IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    private sealed class FakeHealth : HealthCheckService
    {
        public HealthStatus Status { get; set; }

        public override Task<HealthReport> CheckHealthAsync(
            Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default) =>
            Task.FromResult(new HealthReport(
                new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal)
                {
                    ["documents"] = new(Status, description: null, TimeSpan.Zero, exception: null, data: null),
                },
                TimeSpan.Zero));
    }
}
