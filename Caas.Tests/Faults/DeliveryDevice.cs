using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Caas.Tests.Consumers;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// A device as the contract asks for one: it skips what is not above the version that it knows, and syncs after each
/// connection and at a hole. Its connections break at random, stand still at random, and half of them begin over polling.
/// </summary>
/// <param name="run">What it takes part in.</param>
/// <param name="person">Whose it is.</param>
/// <param name="dice">Decides when what happens.</param>
/// <param name="syncs">False for the control: a device that takes what comes and never asks.</param>
internal sealed class DeliveryDevice(DeliveryRun run, Person person, Dice dice, bool syncs = true)
{
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly List<(string Conversation, string Text)> _applied = [];
    private readonly List<double> _latencies = [];
    private string? _cursor;
    private long _steadySince;
    private bool _hasSynced;

    public int Connections { get; private set; }

    /// <summary>
    /// Versions that were missing while it was connected, without a word from the server. What comes before the session is
    /// ready is not yet all that there is.
    /// </summary>
    public int Holes { get; private set; }

    /// <summary>What came although it was known: after a reconnect, between the join and the sync.</summary>
    public int Skipped { get; private set; }

    /// <summary>From the send to here, in milliseconds, of what came live to a device that was reading.</summary>
    public IReadOnlyList<double> Latencies => _latencies;

    /// <summary>The texts of a conversation in the order in which they were applied.</summary>
    public IReadOnlyList<string> Texts(string conversation) =>
        [.. _applied.Where(one => one.Conversation == conversation).Select(one => one.Text)];

    public async Task BeginAsync()
    {
        var known = await person.CatchUpAsync(cursor: null);
        _cursor = known.Cursor;
        foreach (var header in known.Conversations)
        {
            _versions[header.GetProperty("id").GetString()!] = header.GetProperty("version").GetInt64();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!run.IsOver)
        {
            using var connection = await DeliveryConnection.OpenAsync(
                run.Addresses[dice.Roll(run.Addresses.Count)], person.Token, overPolling: dice.Chance(50), cancellationToken);
            Connections++;
            await ListenAsync(connection, 5 + dice.Roll(40), cancellationToken);
            connection.Break(reset: dice.Chance(50));
            await run.WaitForSendsAsync(1 + dice.Roll(30));
        }

        if (syncs)
        {
            await SyncAsync();
        }
    }

    private async Task ListenAsync(DeliveryConnection connection, int events, CancellationToken cancellationToken)
    {
        // The last message of all may come to nobody any more: the wait for it ends with the run.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Over, cancellationToken);
        _hasSynced = false;
        try
        {
            for (var count = 0; count < events && await connection.NextAsync(over.Token) is { } e; count++)
            {
                if (e.Name is "session.ready" or "sync.required")
                {
                    await SyncAsync();
                    _hasSynced = true;
                }
                else if (e.Argument.ValueKind == JsonValueKind.Object && e.Argument.TryGetProperty("version", out _))
                {
                    await TakeLiveAsync(e.Argument);
                }

                if (dice.Chance(2))
                {
                    await run.WaitForSendsAsync(20);
                    _steadySince = Stopwatch.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (run.IsOver)
        {
            // It is over.
        }
    }

    private async Task SyncAsync()
    {
        if (syncs)
        {
            var missed = await person.CatchUpAsync(_cursor);
            _cursor = missed.Cursor;
            foreach (var change in missed.Changes)
            {
                Apply(change).ShouldNotBe(Applied.Hole, $"sync left a hole: {change}");
            }
        }

        _steadySince = Stopwatch.GetTimestamp();
    }

    private async Task TakeLiveAsync(JsonElement envelope)
    {
        switch (Apply(envelope))
        {
            case Applied.Known:
                Skipped++;
                break;
            case Applied.Hole when _hasSynced:
                Holes++;
                await SyncAsync();
                break;
            case Applied.Next when StampOf(envelope) is { } stamp && stamp > _steadySince:
                _latencies.Add(Stopwatch.GetElapsedTime(stamp).TotalMilliseconds);
                break;
            default:
                break;
        }
    }

    private Applied Apply(JsonElement envelope)
    {
        var conversation = envelope.GetProperty("conversationId").GetString()!;
        var version = envelope.GetProperty("version").GetInt64();
        var known = _versions[conversation];
        if (version <= known)
        {
            return Applied.Known;
        }

        if (version > known + 1 && syncs)
        {
            return Applied.Hole;
        }

        _versions[conversation] = version;
        _applied.Add((conversation, TextOf(envelope)));
        return Applied.Next;
    }

    private static string TextOf(JsonElement envelope) =>
        envelope.GetProperty("data").GetProperty("message").GetProperty("text").GetString()!;

    private static long? StampOf(JsonElement envelope) =>
        long.Parse(TextOf(envelope).Split(' ')[0], CultureInfo.InvariantCulture);

    private enum Applied
    {
        Next,
        Known,
        Hole,
    }
}
