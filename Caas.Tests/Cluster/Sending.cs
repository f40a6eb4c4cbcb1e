using System.Collections.Concurrent;
using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>Someone who sends through the gateway, one after the other, and repeats what was refused under its id.</summary>
internal sealed class Sending : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _refused = [];
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private readonly Task _run;

    public Sending(Person person, string conversation) => _run = Task.Run(() => RunAsync(person, conversation), SocketIOHost.Ct);

    public ConcurrentDictionary<string, long> Acknowledged { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Refused => _refused;

    public int Refusals => _refused.Count;

    public async Task ReachAsync(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (Acknowledged.Count >= count)
            {
                return;
            }

            _waits.Add((count, reached));
        }

        await (await Task.WhenAny(reached.Task, _run)).WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(Person person, string conversation)
    {
        for (var number = 0; !_stop.IsCancellationRequested;)
        {
            var text = $"message {number}";
            var answer = await person.TrySendAsync(conversation, text, text);
            if (answer.Status is HttpStatusCode.Created or HttpStatusCode.OK)
            {
                Add(text, answer["sequence"].GetInt64());
                number++;
            }
            else
            {
                _refused.Enqueue($"{(int)answer.Status} {answer.Text}");
            }
        }
    }

    private void Add(string text, long sequence)
    {
        lock (_lock)
        {
            Acknowledged[text] = sequence;
            foreach (var (count, reached) in _waits)
            {
                if (Acknowledged.Count >= count)
                {
                    reached.TrySetResult();
                }
            }
        }
    }
}
