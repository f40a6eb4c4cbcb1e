using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>Senders of one server that note what was answered 2xx, until they are stopped or the server is gone.</summary>
/// <param name="people">Who sends, each one message after the other.</param>
/// <param name="conversations">Where to.</param>
/// <param name="textLength">How long the texts are at least.</param>
/// <param name="acknowledge">Told of each acknowledgement before the sender goes on; null for nobody.</param>
internal sealed class RecoverySenders(
    IReadOnlyList<Person> people, IReadOnlyList<string> conversations, int textLength = 0, Action<Acknowledged>? acknowledge = null)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopped = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
    private readonly ConcurrentQueue<Acknowledged> _acknowledged = [];
    private readonly ConcurrentQueue<ApiAnswer> _refused = [];
    private readonly List<Task> _work = [];

    // Guarded by itself: who waits for how many.
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    public IReadOnlyList<Acknowledged> Acknowledged => [.. _acknowledged];

    /// <summary>Every other answer.</summary>
    public IReadOnlyList<ApiAnswer> Refused => [.. _refused];

    public void Begin() => _work.AddRange(people.Select((person, number) => Task.Run(() => SendAsync(person, number), _stopped.Token)));

    /// <summary>Waits until this many more were acknowledged.</summary>
    public async Task WaitForAsync(int more)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waits)
        {
            _waits.Add((_acknowledged.Count + more, reached));
        }

        await reached.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    public async Task StopAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_work);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopped.Dispose();
    }

    private async Task SendAsync(Person person, int sender)
    {
        for (var number = 0; !_stopped.IsCancellationRequested; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{person.UserId}-{number}");
            var conversation = conversations[(sender + number) % conversations.Count];
            var text = id.PadRight(textLength, '.');
            try
            {
                Note(await person.TrySendAsync(conversation, id, text), new Acknowledged(conversation, 0, id, text));
            }
            catch (HttpRequestException)
            {
                // The server was ended under it.
                return;
            }
        }
    }

    private void Note(ApiAnswer answer, Acknowledged sent)
    {
        if (answer.Status is not (HttpStatusCode.Created or HttpStatusCode.OK))
        {
            _refused.Enqueue(answer);
            return;
        }

        var acknowledged = sent with { Sequence = answer["sequence"].GetInt64() };
        acknowledge?.Invoke(acknowledged);
        _acknowledged.Enqueue(acknowledged);
        lock (_waits)
        {
            foreach (var (_, reached) in _waits.Where(wait => _acknowledged.Count >= wait.Count))
            {
                reached.TrySetResult();
            }
        }
    }
}
