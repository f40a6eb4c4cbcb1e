using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// The loop of a bus: in each heartbeat it says the shards' numbers, listens where nobody does yet, and tells the
/// receivers of shards that are silent. Nothing from outside ends it.
/// </summary>
internal sealed class BusRounds : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly BusSender[] _senders;
    private readonly BusShard[] _shards;
    private readonly BusAgreement _agreement;
    private readonly RedisCircuit _circuit;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _listening = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;
    private volatile bool _isWanted;
    private volatile int _silent;
    private volatile int _otherShards;

    /// <summary>Begins.</summary>
    public BusRounds(
        BusSender[] senders,
        BusShard[] shards,
        BusAgreement agreement,
        RedisCircuit circuit,
        RedisOptions options,
        TimeProvider clock,
        ILogger logger)
    {
        _senders = senders;
        _shards = shards;
        _agreement = agreement;
        _circuit = circuit;
        _options = options;
        _clock = clock;
        _logger = logger;
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Whether every shard that ought to be heard was heard of late.</summary>
    public bool IsHeard => _silent == 0;

    /// <summary>Whether the other nodes were last seen to have as many shards.</summary>
    public bool IsAgreed => _otherShards == 0;

    /// <summary>
    /// Listens from now on. Where that cannot be within the time-out the rounds go on with it. The client's connection
    /// for subscriptions comes a moment after the other one, and without it a subscription fails at once: hence the
    /// tries.
    /// </summary>
    public async Task BeginListeningAsync(CancellationToken cancellationToken)
    {
        _isWanted = true;
        var began = _clock.GetTimestamp();
        using var retry = new PeriodicTimer(RetryInterval, _clock);
        do
        {
            await ListenAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!Array.TrueForAll(_shards, static shard => shard.IsListening)
            && _clock.GetElapsedTime(began) < _options.Timeout
            && await retry.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Ends, and listens no longer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_shards.Select(static shard => shard.StopAsync(CancellationToken.None))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // A Redis that is away has forgotten this node anyway.
        }

        _ending.Dispose();
        _listening.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Rounds that ended would leave this node deaf for as long as it runs.")]
    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_options.BusHeartbeat, _clock);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false);
                LookForSilence();
                await Task.WhenAll(_senders.Select(sender => sender.BeatAsync(_ending.Token))).ConfigureAwait(false);
                await AgreeAsync().ConfigureAwait(false);
                if (_isWanted && _circuit.IsClosed)
                {
                    await ListenAsync(_ending.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                if (!_ending.IsCancellationRequested)
                {
                    RedisMessages.RoundFailed(_logger, e);
                }
            }
        }
    }

    private async Task AgreeAsync()
    {
        var other = await _agreement.FindOtherAsync(_ending.Token).ConfigureAwait(false);
        if (other != 0 && _otherShards == 0)
        {
            RedisMessages.ShardsDiffer(_logger, other, _shards.Length);
        }

        _otherShards = other;
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await _listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_shards.Select(shard => shard.ListenAsync(cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _listening.Release();
        }
    }

    private void LookForSilence()
    {
        if (!_isWanted)
        {
            return;
        }

        Array.ForEach(_shards, static shard => shard.LookForSilence());
        var silent = _shards.Count(static shard => shard.IsSilent);
        if (silent > 0 && _silent == 0)
        {
            RedisMessages.Silent(_logger, silent, _shards.Length, _options.BusSilence);
        }
        else if (silent == 0 && _silent > 0)
        {
            RedisMessages.Heard(_logger);
        }

        _silent = silent;
    }
}
