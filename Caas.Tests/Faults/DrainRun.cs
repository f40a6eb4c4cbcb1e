using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// Senders over HTTP and over sockets that write down every answer and what ended them, while the process under them is
/// told to stop, again and again on one folder.
/// </summary>
internal sealed class DrainRun : IAsyncDisposable
{
    private const int HttpSenders = 6;
    private const int SocketSenders = 3;
    private const int SendsBeforeTheEnd = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = [];
    private CaasProcess? _process;
    private List<Person>? _people;
    private string _conversation = "";
    private int _round;
    private int _left;
    private TaskCompletionSource _enough = new();

    /// <summary>What a client may not see.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Commands whose acknowledgement did not come before the close: their outcome is unknown.</summary>
    public int Unknown { get; private set; }

    /// <summary>Starts, lets everyone send, and ends the process in the midst of it; gives how long that took.</summary>
    public async Task<TimeSpan> ExecuteAsync(Func<CaasProcess, Task> end)
    {
        await StartAsync();
        _round++;
        _left = SendsBeforeTheEnd;
        _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var senders = _people!.Select((person, number) => Task.Run(() => number < HttpSenders ? OverHttpAsync(person) : OverSocketAsync(person), SocketIOHost.Ct)).ToList();
        await _enough.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
        var began = Stopwatch.GetTimestamp();
        await end(_process!);
        var took = Stopwatch.GetElapsedTime(began);
        await Task.WhenAll(senders);
        await StopAsync();
        return took;
    }

    /// <summary>Starts once more and looks whether all that was acknowledged is there, once, under its number.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        await StartAsync();
        var there = (await _people![0].ReadHistoryAsync(_conversation)).ToLookup(
            message => $"{message.GetProperty("senderId").GetString()}/{message.GetProperty("clientMessageId").GetString()}",
            message => message.GetProperty("sequence").GetInt64(),
            StringComparer.Ordinal);
        return [.. _acknowledged.Where(pair => !there[pair.Key].SequenceEqual([pair.Value])).Select(pair => $"{pair.Key} was acknowledged and is lost")];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _process = await CaasProcess.StartAsync(_folder.Path, "--Caas:Limits:PerUserPerMinute", "0", "--Caas:Limits:PerKeyPerMinute", "0");
        if (_people is not null)
        {
            _people = [.. _people.Select(person => person.At(_process.Url))];
            return;
        }

        var tenant = await Tenant.RegisterAsync(_process.Url);
        _people = [];
        for (var number = 0; number < HttpSenders + SocketSenders; number++)
        {
            _people.Add(await tenant.AddPersonAsync($"user{number}"));
        }

        _conversation = await _people[0].CreateGroupAsync([.. _people.Skip(1).Select(person => person.UserId)]);
    }

    private async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    private async Task OverHttpAsync(Person person)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                var answer = await person.TrySendAsync(_conversation, $"{_round}-{number}", "Hello");
                if (answer.Status == HttpStatusCode.Created)
                {
                    Acknowledge($"{person.UserId}/{_round}-{number}", answer["sequence"].GetInt64());
                }
                else
                {
                    _faults.Enqueue($"HTTP was answered {(int)answer.Status}: {answer.Text}");
                }
            }
            catch (HttpRequestException)
            {
                // Refused or closed: what a client may see of a process that goes.
                return;
            }
        }
    }

    private async Task OverSocketAsync(Person person)
    {
        await using var socket = await person.ConnectAsync();
        for (var number = 0; ; number++)
        {
            try
            {
                var acknowledged = await socket.EmitAsync(
                    "message.send", new { conversationId = _conversation, clientMessageId = $"{_round}-{number}", text = "Hello" });
                if (acknowledged.GetProperty("ok").GetBoolean())
                {
                    Acknowledge($"{person.UserId}/{_round}-{number}", acknowledged.GetProperty("message").GetProperty("sequence").GetInt64());
                }
                else
                {
                    _faults.Enqueue($"A command was answered {acknowledged}");
                }
            }
            catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or InvalidOperationException)
            {
                Unknown++;
                break;
            }
        }

        await socket.WaitForCloseAsync();
        var told = socket.Events.Select(e => e.Name).Where(name => name is "server.draining" or "session.ended").ToList();
        if (!told.SequenceEqual(["server.draining", "session.ended"], StringComparer.Ordinal))
        {
            _faults.Enqueue($"A socket was told [{string.Join(", ", told)}] before its end");
        }
    }

    private void Acknowledge(string key, long sequence)
    {
        _acknowledged[key] = sequence;
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _enough.TrySetResult();
        }
    }
}
