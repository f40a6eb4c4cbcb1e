using System.Diagnostics;
using System.Globalization;
using System.Net;
using Caas.Tests.Consumers;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// Messages that flow at an even pace while the devices of all members come and go. A text begins with the timestamp of
/// its sending. <c>CAAS_TEST_DELIVERY_SOCKETS</c> and <c>CAAS_TEST_DELIVERY_MESSAGES</c> make it longer.
/// </summary>
/// <param name="addresses">Where the product can be reached: writers use the first, devices any.</param>
internal sealed class DeliveryRun(params IReadOnlyList<Uri> addresses) : IDisposable
{
    private const int MembersAtOnce = 100;
    private const int Conversations = 2;
    private const int DevicesPerUser = 5;
    private const double DeliveriesPerMillisecond = 5;

    // Where the product is slower than the pace, the devices' part lasts as long as the sends do.
    private const int MostInFlight = 8;

    private readonly CancellationTokenSource _over = new();
    private readonly SemaphoreSlim _inFlight = new(MostInFlight);
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private int _sent;

    public static int Sockets { get; } = OrderRun.Setting("CAAS_TEST_DELIVERY_SOCKETS", 50);

    public static int Messages { get; } = OrderRun.Setting("CAAS_TEST_DELIVERY_MESSAGES", 300);

    public IReadOnlyList<Uri> Addresses => addresses;

    public CancellationToken Over => _over.Token;

    public bool IsOver => _over.IsCancellationRequested;

    public IReadOnlyList<DeliveryDevice> Devices { get; private set; } = [];

    /// <summary>The one that never syncs.</summary>
    public DeliveryDevice Forgetful { get; private set; } = null!;

    /// <summary>The texts of each conversation in the order of their numbers.</summary>
    public Dictionary<string, IReadOnlyList<string>> History { get; } = new(StringComparer.Ordinal);

    /// <summary>Sends everything while the devices run, and reads the history.</summary>
    public async Task ExecuteAsync(ulong seed)
    {
        var tenant = await Tenant.RegisterAsync(addresses[0]);
        var writer = await tenant.AddPersonAsync("writer");
        var people = new List<Person>();
        for (var number = 0; number <= Sockets; number++)
        {
            people.Add(await tenant.AddPersonAsync($"user{number / DevicesPerUser}"));
        }

        var conversations = new List<string>();
        for (var number = 0; number < Conversations; number++)
        {
            string[] members = [.. people.Select(person => person.UserId).Distinct(StringComparer.Ordinal)];
            var conversation = await writer.CreateGroupAsync([.. members.Take(MembersAtOnce)]);
            foreach (var member in members.Skip(MembersAtOnce))
            {
                (await writer.Api.PostAsync($"/api/conversations/{conversation}/members", new { userId = member }))
                    .ShouldBe(HttpStatusCode.Created);
            }

            conversations.Add(conversation);
        }

        Devices = [.. people.Take(Sockets).Select((person, number) => new DeliveryDevice(this, person, new Dice(seed + (ulong)number)))];
        Forgetful = new DeliveryDevice(this, people[Sockets], new Dice(seed), syncs: false);
        await Task.WhenAll(Devices.Append(Forgetful).Select(device => device.BeginAsync()));
        var running = Devices.Append(Forgetful).Select(device => Task.Run(() => device.RunAsync(SocketIOHost.Ct), SocketIOHost.Ct)).ToList();
        await SendAsync(writer, conversations);
        await _over.CancelAsync();
        await Task.WhenAll(running);
        foreach (var conversation in conversations)
        {
            History[conversation] = [.. (await writer.ReadHistoryAsync(conversation)).Select(message => message.GetProperty("text").GetString()!)];
        }
    }

    /// <summary>Waits until this many more messages were sent, or there are no more.</summary>
    public async Task WaitForSendsAsync(int more)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_sent + more >= Messages)
            {
                more = Messages - _sent;
            }

            _waits.Add((_sent + more, reached));
            ReleaseLocked();
        }

        await reached.Task;
    }

    /// <summary>Every device has every message once and in order, and the one that never syncs has not.</summary>
    public void Check()
    {
        foreach (var (conversation, history) in History)
        {
            foreach (var device in Devices)
            {
                device.Texts(conversation).ShouldBe(history);
            }
        }

        History.Values.Sum(history => history.Count).ShouldBe(Messages);
        Devices.Sum(device => device.Holes).ShouldBe(0);
        Devices.Sum(device => device.Latencies.Count).ShouldBeGreaterThan(0, "some were there when a message came");

        // The control: without the sync, what was missed is missing.
        History.ShouldContain(pair => !Forgetful.Texts(pair.Key).SequenceEqual(pair.Value));
    }

    /// <summary>What happened, in figures.</summary>
    public override string ToString()
    {
        var latencies = Devices.SelectMany(device => device.Latencies).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"""
            {Sockets} devices, {Messages} messages, {Devices.Sum(device => device.Connections)} connections, {Devices.Sum(device => device.Skipped)} skipped by version, {Devices.Sum(device => device.Holes)} holes
            live deliveries: {latencies.Count}, p50 {At(0.5):F1} ms, p99 {At(0.99):F1} ms
            """);

        double At(double part) => latencies.Count == 0 ? 0 : latencies[(int)(part * (latencies.Count - 1))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Dispose();
        _inFlight.Dispose();
    }

    private async Task SendAsync(Person writer, List<string> conversations)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, Sockets / DeliveriesPerMillisecond)), TimeProvider.System);
        var sends = new List<Task>();
        for (var number = 0; number < Messages; number++)
        {
            await pace.WaitForNextTickAsync(SocketIOHost.Ct);
            await _inFlight.WaitAsync(SocketIOHost.Ct);
            sends.Add(SendAsync(writer, conversations[number % Conversations], number));
        }

        await Task.WhenAll(sends);
    }

    private async Task SendAsync(Person writer, string conversation, int number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} {number}");
        try
        {
            (await writer.TrySendAsync(conversation, $"{number}", text)).ShouldBe(HttpStatusCode.Created);
        }
        finally
        {
            _inFlight.Release();
            lock (_lock)
            {
                _sent++;
                ReleaseLocked();
            }
        }
    }

    private void ReleaseLocked()
    {
        foreach (var (_, reached) in _waits.Where(wait => wait.Count <= _sent))
        {
            reached.TrySetResult();
        }

        _waits.RemoveAll(wait => wait.Count <= _sent);
    }
}
