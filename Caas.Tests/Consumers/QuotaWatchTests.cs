using Caas.Consumers.Notifications;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Microsoft.Extensions.Options;

namespace Caas.Tests.Consumers;

public sealed class QuotaWatchTests : IDisposable
{
    private const long Gibibyte = 1L << 30;

    private readonly ConsumerHarness _harness = new();
    private readonly Place _place = new();
    private readonly NotificationsOptions _options = new();
    private readonly CancellationTokenSource _stop = new();
    private QuotaWatch? _watch;
    private Task? _running;

    public void Dispose()
    {
        _harness.Loop.Do(_stop.Cancel);
        (_running?.IsCanceled).ShouldNotBe(false);
        _watch?.Dispose();
        _stop.Dispose();
        _harness.Dispose();
    }

    [Theory]
    [InlineData("outbox changes", "100000 changes wait for the relay.")]
    [InlineData("outbox age", "Changes wait, and the relay has moved none of them for 300 seconds.")]
    [InlineData("disk", "1073741823 bytes are free on the disk of the data folder.")]
    [InlineData("event stream", "The event stream's file takes 21474836480 bytes.")]
    [InlineData("delivery platform.events/1", "100000 records are not read yet.")]
    public void What_reaches_its_limit_is_told_once_an_episode(string subject, string detail)
    {
        Start();
        Reach(subject);
        Pass(looks: 1);
        _harness.Told.ShouldBeEmpty("one look may be a blink");

        Pass(looks: 20);
        _harness.Told.Select(told => (told.Type, told.Subject, told.Detail)).ShouldBe([(NotificationTypes.QuotaReached, subject, detail)]);

        Waver(subject);
        Pass(looks: 20);
        _harness.Told.Count.ShouldBe(1, "what wavers about the limit is one episode");

        _place.Calm();
        Pass(looks: 2);
        Reach(subject);
        Pass(looks: 2);
        _harness.Told.Count.ShouldBe(2);
    }

    [Fact]
    public void What_is_switched_off_is_not_told()
    {
        _options.OutboxChanges = _options.LogBytes = _options.FreeDiskBytes = _options.LagRecords = 0;
        _options.OutboxAge = TimeSpan.Zero;
        Start();
        Reach("outbox changes");
        Reach("outbox age");
        Reach("disk");
        Reach("event stream");
        Reach("delivery platform.events/1");

        Pass(looks: 5);

        _harness.Told.ShouldBeEmpty();
    }

    [Fact]
    public void A_stream_that_is_away_hides_nothing_of_the_others_and_is_told_when_it_is_back()
    {
        _place.IsStreamAway = true;
        _harness.Stream.Refuses = static _ => true;
        Start();
        Reach("outbox age");
        Pass(looks: 5);
        _harness.Log.All.ShouldContain(line => line.Id == 5304);
        _harness.Log.All.ShouldContain(line => line.Id == 5302 && line.Text.Contains("outbox age", StringComparison.Ordinal));

        _harness.Stream.Refuses = static _ => false;
        Pass(looks: 1);

        _harness.Told.Single().Subject.ShouldBe("outbox age");
    }

    [Theory]
    [InlineData(nameof(NotificationsOptions.LagRecords))]
    [InlineData(nameof(NotificationsOptions.OutboxChanges))]
    [InlineData(nameof(NotificationsOptions.OutboxAge))]
    [InlineData(nameof(NotificationsOptions.FreeDiskBytes))]
    [InlineData(nameof(NotificationsOptions.LogBytes))]
    public void A_limit_below_zero_is_a_fault_that_names_its_key(string name)
    {
        var options = new NotificationsOptions();
        options.FindFault().ShouldBeNull();
        var property = typeof(NotificationsOptions).GetProperty(name)!;
        property.SetValue(options, property.PropertyType == typeof(long) ? -1L : TimeSpan.FromSeconds(-1));

        options.FindFault().ShouldBe($"Caas:Notifications:{name} is below 0.");
    }

    private void Start()
    {
        var reader = new QuotaReader(_place, _place, [_place], _harness.Metrics, Options.Create(_options));
        _watch = new QuotaWatch(reader, _harness.Notices, _harness.Loop.Clock, _harness.Log.For<QuotaWatch>());
        _running = _harness.Loop.Start(() => _watch.RunAsync(_stop.Token));
    }

    private void Pass(int looks) => _harness.Loop.Advance(QuotaWatch.Interval * looks);

    private void Reach(string subject) => Set(subject, 1);

    // Between the limit and where the episode is over.
    private void Waver(string subject) => Set(subject, 0.75);

    private void Set(string subject, double share)
    {
        switch (subject)
        {
            case "outbox changes":
                _place.Backlog = _place.Backlog with { Changes = (long)(100_000 * share) };
                break;
            case "outbox age":
                _place.Backlog = _place.Backlog with { Waiting = TimeSpan.FromMinutes(5) * share };
                break;
            case "disk":
                _place.Space = _place.Space with { FreeBytes = (long)((Gibibyte / share) - 1) };
                break;
            case "event stream":
                _place.Space = _place.Space with { LogBytes = (long)(20 * Gibibyte * share) };
                break;
            default:
                _place.Lag = (long)(100_000 * share);
                break;
        }
    }

    private sealed class Place : IStreamStatus, IOutbox, IStorageStatus
    {
        public OutboxBacklog Backlog { get; set; } = new(0, TimeSpan.Zero);

        public StorageSpace Space { get; set; } = new(100 * Gibibyte, 0);

        public long Lag { get; set; }

        public bool IsStreamAway { get; set; }

        public int Shards => 1;

        public void Calm() => (Backlog, Space, Lag) = (new(0, TimeSpan.Zero), new(100 * Gibibyte, 0), 0);

        public ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken) => IsStreamAway
            ? throw new IOException("The stream is away.")
            : ValueTask.FromResult<IReadOnlyList<GroupLag>>(
                [new(Topics.Events, 0, null, 0, Lag), new(Topics.Events, 1, ConsumerGroups.Delivery, 7, 7 + Lag)]);

        public ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Backlog);

        public ValueTask<StorageSpace> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Space);

        public ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
