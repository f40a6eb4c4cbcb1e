using System.Diagnostics;
using System.Globalization;
using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>One conversation with large messages, devices that read, and devices that do not.</summary>
internal sealed class SlowReaderRun(CaasProcess process) : IAsyncDisposable
{
    public const int TextLength = 100_000;

    private const int QuickDevices = 4;

    private readonly List<ChatSocket> _quick = [];
    private readonly List<SlowReader> _slow = [];
    private readonly List<double> _latencies = [];
    private readonly Lock _lock = new();
    private Person _sender = null!;
    private string _conversation = "";
    private int _number;
    private TaskCompletionSource _all = new();
    private int _missing;

    public IReadOnlyList<SlowReader> Slow => _slow;

    /// <summary>The most bytes that waited in the queues of all sockets.</summary>
    public double MostQueued { get; private set; }

    public async Task BeginAsync()
    {
        var tenant = await Tenant.RegisterAsync(process.Url);
        _sender = await tenant.AddPersonAsync("sender");
        _conversation = await _sender.CreateGroupAsync();
        for (var number = 0; number < QuickDevices; number++)
        {
            var socket = await ChatSocket.ConnectAsync(process.Url, _sender.Token, Measure);
            _quick.Add(socket);
            await socket.WaitForAsync("session.ready");
        }
    }

    /// <summary>So many devices more, which read like the others.</summary>
    public async Task AddReadersAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var reader = await SlowReader.ConnectAsync(_sender);
            reader.Read();
            _slow.Add(reader);
        }
    }

    /// <summary>They read no more.</summary>
    public async Task StallAsync()
    {
        foreach (var slow in _slow)
        {
            await slow.HangAsync();
        }
    }

    /// <summary>Sends so many, each when the one before has come to all who read; gives the p99 in milliseconds.</summary>
    public async Task<double> SendAsync(int count)
    {
        lock (_lock)
        {
            _latencies.Clear();
        }

        for (var sent = 0; sent < count; sent++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} {++_number} {new string('x', TextLength)}");
            _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _missing = QuickDevices;
            (await _sender.TrySendAsync(_conversation, $"{_number}", text)).ShouldBe(HttpStatusCode.Created);
            await _all.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
            if (sent % 4 == 0)
            {
                MostQueued = Math.Max(MostQueued, await ReadMetricAsync("socketio_queued_bytes"));
            }
        }

        lock (_lock)
        {
            var sorted = _latencies.Order().ToList();
            return sorted[(int)(0.99 * (sorted.Count - 1))];
        }
    }

    /// <summary>Sends so many at once, and again when all of them have come to all who read.</summary>
    public async Task BurstAsync(int rounds, int atOnce)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} {new string('x', TextLength)}");
        for (var round = 0; round < rounds; round++)
        {
            _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _missing = QuickDevices * atOnce;
            var answers = await Task.WhenAll(Enumerable.Range(0, atOnce)
                .Select(number => _sender.TrySendAsync(_conversation, $"{round}-{number}", text)));
            foreach (var answer in answers)
            {
                answer.ShouldBe(HttpStatusCode.Created);
            }

            await _all.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
        }
    }

    /// <summary>The sum of a metric's series; 0 where it has none yet.</summary>
    public async Task<double> ReadMetricAsync(string name) =>
        (await new ApiClient(process["metrics"]).GetAsync("/metrics")).ShouldBe(HttpStatusCode.OK).Text.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(line => double.Parse(ValueOf(line, name), CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        foreach (var slow in _slow)
        {
            await slow.DisposeAsync();
        }

        foreach (var socket in _quick)
        {
            await socket.DisposeAsync();
        }
    }

    // name{label="value"} 12.5 1764028800000
    private static string ValueOf(string line, string name) =>
        line[Math.Max(line.LastIndexOf('}') + 1, name.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];

    private void Measure(SocketEvent e)
    {
        if (e.Name == "message.sent")
        {
            var text = e.Argument.GetProperty("data").GetProperty("message").GetProperty("text").GetString()!;
            var latency = Stopwatch.GetElapsedTime(long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)).TotalMilliseconds;
            lock (_lock)
            {
                _latencies.Add(latency);
            }

            if (Interlocked.Decrement(ref _missing) == 0)
            {
                _all.TrySetResult();
            }
        }
    }
}
