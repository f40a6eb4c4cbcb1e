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
internal sealed class DeliveryRun(CaasProcess process) : IDisposable
{
    private const int Conversations = 2;
    private const int DevicesPerUser = 5;
    private const double DeliveriesPerMillisecond = 5;

    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private int _sent;

    public static int Sockets { get; } = OrderRun.Setting("CAAS_TEST_DELIVERY_SOCKETS", 50);

    public static int Messages { get; } = OrderRun.Setting("CAAS_TEST_DELIVERY_MESSAGES", 300);

    public Uri Url => process.Url;

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
        var tenant = await Tenant.RegisterAsync(Url);
        var writer = await tenant.AddPersonAsync("writer");
        var people = new List<Person>();
        for (var number = 0; number <= Sockets; number++)
        {
            people.Add(await tenant.AddPersonAsync($"user{number / DevicesPerUser}"));
        }

        var conversations = new List<string>();
        for (var number = 0; number < Conversations; number++)
        {
            conversations.Add(await writer.CreateGroupAsync([.. people.Select(person => person.UserId).Distinct(StringComparer.Ordinal)]));
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

    public void Dispose() => _over.Dispose();

    private async Task SendAsync(Person writer, List<string> conversations)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, Sockets / DeliveriesPerMillisecond)), TimeProvider.System);
        var sends = new List<Task>();
        for (var number = 0; number < Messages; number++)
        {
            await pace.WaitForNextTickAsync(SocketIOHost.Ct);
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
