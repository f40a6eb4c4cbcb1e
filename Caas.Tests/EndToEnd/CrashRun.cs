using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>
/// Senders and listeners that go on while the process under them is ended and started again. What was acknowledged is
/// written down here, outside of that process.
/// </summary>
internal sealed class CrashRun : IAsyncDisposable
{
    private const int Senders = 8;
    private const int Listeners = 2;
    private const int Conversations = 4;

    // The devices are away for longer than the defaults let a change log be followed, and the load is no abuse.
    private static readonly string[] Arguments =
    [
        "--Caas:Limits:PerUserPerMinute", "0",
        "--Caas:Limits:PerKeyPerMinute", "0",
        "--Caas:Limits:SyncResetAfterChanges", "10000000",
        "--Caas:Tokens:AccessLifetime", "1.00:00:00",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<(string Conversation, Send Send)> _sends = [];
    private readonly CancellationTokenSource _stopped = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
    private readonly Lock _lock = new();
    private readonly List<Task> _work = [];

    // Guarded by _lock: the present start, what completes with the next one, and who waits for a number of sends.
    private Uri? _url;
    private TaskCompletionSource _next = NewSource();
    private (int Count, TaskCompletionSource Reached)? _awaited;

    private int _acknowledged;
    private CaasProcess? _process;
    private Tenant _tenant = null!;
    private readonly List<Person> _people = [];
    private readonly List<Listener> _listeners = [];
    private readonly List<string> _conversations = [];
    private Person _idle = null!;
    private string _idleCursor = "";

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Where the process keeps everything.</summary>
    public string DataFolder => _folder.Path;

    public CaasProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    /// <summary>Starts the process, registers everyone and lets them begin.</summary>
    public async Task BeginAsync()
    {
        await StartAsync();
        _tenant = await Tenant.RegisterAsync(Process.Url);
        _idle = await _tenant.AddPersonAsync("idle");
        for (var number = 0; number < Senders; number++)
        {
            _people.Add(await _tenant.AddPersonAsync($"sender{number}"));
        }

        for (var number = 0; number < Listeners; number++)
        {
            _listeners.Add(new Listener(this, await _tenant.AddPersonAsync($"listener{number}")));
        }

        string[] members = [.. _people.Select(person => person.UserId), .. _listeners.Select(listener => listener.Person.UserId)];
        for (var number = 0; number < Conversations; number++)
        {
            _conversations.Add(await _idle.CreateGroupAsync(members));
        }

        _idleCursor = (await _idle.CatchUpAsync(cursor: null)).Cursor;
        foreach (var listener in _listeners)
        {
            await listener.BeginAsync();
        }

        _work.AddRange(_listeners.Select(listener => Task.Run(listener.RunAsync, _stopped.Token)));
        _work.AddRange(_people.Select((person, number) => Task.Run(() => SendAsync(person, number), _stopped.Token)));
    }

    /// <summary>Starts the process on the same folder, and tells everyone where it is.</summary>
    public async Task StartAsync()
    {
        _process = await CaasProcess.StartAsync(_folder.Path, Arguments);
        lock (_lock)
        {
            _url = _process.Url;
            _next.TrySetResult();
            _next = NewSource();
        }
    }

    /// <summary>Ends the process without a goodbye.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await ForgetAsync();
    }

    /// <summary>Everyone waits for the next start; call it when the process has ended.</summary>
    public async Task ForgetAsync()
    {
        lock (_lock)
        {
            _url = null;
        }

        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Waits until this many more sends were acknowledged.</summary>
    public async Task WaitForSendsAsync(int more)
    {
        var reached = NewSource();
        lock (_lock)
        {
            _awaited = (_acknowledged + more, reached);
        }

        await reached.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    /// <summary>Stops the senders, lets every reader catch up, and judges each conversation.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_work);
        var faults = new List<string>();
        var idle = new Seen();
        var at = _idle.At(Process.Url);
        idle.Add((await at.CatchUpAsync(_idleCursor)).Changes, faults);
        foreach (var listener in _listeners)
        {
            await listener.CatchUpAsync();
            faults.AddRange(listener.Faults);
        }

        foreach (var conversation in _conversations)
        {
            var final = (await at.ReadHistoryAsync(conversation)).Select(EntryOf).ToList();
            faults.AddRange(idle.Gaps(conversation).Select(gap => $"the device that was away: {gap}"));
            faults.AddRange(_listeners.SelectMany(listener => listener.Seen.Gaps(conversation)).Select(gap => $"a listener: {gap}"));
            var readers = new Dictionary<string, IReadOnlyList<Entry>>(StringComparer.Ordinal)
            {
                ["the device that was away"] = idle.Entries(conversation),
            };
            foreach (var listener in _listeners)
            {
                readers.Add(listener.Person.UserId, listener.Seen.Entries(conversation));
            }

            Send[] sends = [.. _sends.Where(pair => pair.Conversation == conversation).Select(pair => pair.Send)];
            faults.AddRange(OrderChecker.Check(new ConversationHistory(sends, final, readers)));
        }

        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _stopped.Dispose();
        _folder.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Entry EntryOf(JsonElement message) => new(
        message.GetProperty("sequence").GetInt64(),
        KeyOf(message.GetProperty("senderId").GetString()!, message.GetProperty("clientMessageId").GetString()!),
        message.GetProperty("text").GetString()!);

    private static string KeyOf(string sender, string clientMessageId) => $"{sender}/{clientMessageId}";

    /// <summary>The address of the present start, or of the next one; null when it is over.</summary>
    private async Task<Uri?> WhereAsync(Uri? failed)
    {
        while (!_stopped.IsCancellationRequested)
        {
            Task next;
            lock (_lock)
            {
                if (_url is not null && _url != failed)
                {
                    return _url;
                }

                next = _next.Task;
            }

            try
            {
                await next.WaitAsync(_stopped.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return null;
    }

    private async Task SendAsync(Person person, int sender)
    {
        for (var number = 0; !_stopped.IsCancellationRequested; number++)
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            var conversation = _conversations[(sender + number) % Conversations];
            var text = $"{person.UserId} says {id}";
            var invoked = Stopwatch.GetTimestamp();
            var sequence = await SendUntilKnownAsync(person, conversation, id, text);
            _sends.Enqueue((conversation, new Send(KeyOf(person.UserId, id), text, invoked, Stopwatch.GetTimestamp(), sequence)));
            if (sequence is not null)
            {
                Count();
            }
        }
    }

    private async Task<long?> SendUntilKnownAsync(Person person, string conversation, string id, string text)
    {
        for (var url = await WhereAsync(failed: null); url is not null; url = await WhereAsync(failed: url))
        {
            try
            {
                var answer = await person.At(url).TrySendAsync(conversation, id, text);
                if (answer.Status is HttpStatusCode.Created or HttpStatusCode.OK)
                {
                    return answer["sequence"].GetInt64();
                }

                // Only a process that ends may refuse, and then with nothing but this.
                answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, answer.Text);
            }
            catch (HttpRequestException)
            {
                // The connection broke or was refused: whether it was stored is unknown, so the same id goes again.
            }
        }

        return null;
    }

    private void Count()
    {
        lock (_lock)
        {
            _acknowledged++;
            if (_awaited is { } awaited && _acknowledged >= awaited.Count)
            {
                awaited.Reached.TrySetResult();
            }
        }
    }

    /// <summary>What a device knows: every change once, by conversation and version.</summary>
    private sealed class Seen
    {
        private readonly ConcurrentDictionary<(string Conversation, long Version), JsonElement> _changes = [];

        /// <summary>Takes envelopes; the same version with other content is a fault.</summary>
        public void Add(IEnumerable<JsonElement> envelopes, List<string> faults)
        {
            foreach (var envelope in envelopes)
            {
                var place = (envelope.GetProperty("conversationId").GetString()!, envelope.GetProperty("version").GetInt64());
                if (!_changes.TryAdd(place, envelope) && !JsonElement.DeepEquals(_changes[place], envelope))
                {
                    faults.Add($"version {place} is both {_changes[place]} and {envelope}");
                }
            }
        }

        /// <summary>Where a version is missing between two that are there.</summary>
        public IEnumerable<string> Gaps(string conversation)
        {
            var versions = _changes.Keys.Where(place => place.Conversation == conversation).Select(place => place.Version).Order().ToList();
            return versions.Zip(versions.Skip(1))
                .Where(pair => pair.Second != pair.First + 1)
                .Select(pair => $"{conversation} has version {pair.First} and then {pair.Second}");
        }

        public IReadOnlyList<Entry> Entries(string conversation) =>
        [
            .. _changes
                .Where(change => change.Key.Conversation == conversation && change.Value.GetProperty("type").GetString() == "message.sent")
                .Select(change => EntryOf(change.Value.GetProperty("data").GetProperty("message"))),
        ];
    }

    /// <summary>A device that listens; after each connection it asks for what it missed.</summary>
    private sealed class Listener(CrashRun run, Person person)
    {
        private readonly Lock _lock = new();
        private readonly List<string> _faults = [];
        private string _cursor = "";

        public Person Person => person;

        public Seen Seen { get; } = new();

        public IReadOnlyList<string> Faults
        {
            get
            {
                lock (_lock)
                {
                    return [.. _faults];
                }
            }
        }

        public async Task BeginAsync() => _cursor = (await person.CatchUpAsync(cursor: null)).Cursor;

        public async Task CatchUpAsync()
        {
            var missed = await person.At(run.Process.Url).CatchUpAsync(_cursor);
            _cursor = missed.Cursor;
            Take(missed.Changes);
        }

        public async Task RunAsync()
        {
            for (var url = await run.WhereAsync(failed: null); url is not null; url = await run.WhereAsync(failed: url))
            {
                try
                {
                    await using var socket = await ChatSocket.ConnectAsync(url, person.Token, Observe);
                    await socket.WaitForAsync("session.ready");
                    var answer = await socket.EmitAsync("sync.request", new { cursor = _cursor, limit = 1000 });
                    Take(answer.GetProperty("changes").EnumerateArray());
                    _cursor = answer.GetProperty("cursor").GetString()!;
                    await Task.WhenAny(socket.WaitForCloseAsync(), run.StoppedAsync());
                }
                catch (Exception exception) when (exception is WebSocketException or HttpRequestException or TimeoutException or OperationCanceledException)
                {
                    // The process ended under it: again with the next one.
                }
            }
        }

        private void Observe(SocketEvent e)
        {
            if (e.Argument is { ValueKind: JsonValueKind.Object } envelope && envelope.TryGetProperty("version", out _))
            {
                Take([envelope]);
            }
        }

        private void Take(IEnumerable<JsonElement> envelopes)
        {
            lock (_lock)
            {
                Seen.Add(envelopes, _faults);
            }
        }
    }

    private Task StoppedAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stopped.Token);
}
