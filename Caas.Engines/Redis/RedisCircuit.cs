using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// The one door to Redis of a port. A command takes no longer than its time-out; after a few failures in a row none is
/// sent any more, and a probe of its own asks until Redis answers, so that a Redis that is away costs no caller
/// anything. What was not answered may still have been done. Thread-safe.
/// </summary>
internal sealed class RedisCircuit : IDisposable
{
    // A single slow answer is no outage.
    private const int FailuresToOpen = 3;

    // What waits for answers is bounded as well: more than that is as good as no answer.
    private const int MaxPending = 10_000;

    private readonly string _port;
    private readonly IDatabase _database;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly RedisMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _probe;
    private readonly Lock _gate = new();

    // Written under _gate, read by anybody.
    private volatile bool _isOpen;
    private int _failures;
    private RedisKey _probed;

    private int _pending;

    public RedisCircuit(
        string port, IConnectionMultiplexer redis, RedisOptions options, TimeProvider clock, RedisMetrics metrics, ILogger logger)
    {
        _port = port;
        _database = redis.GetDatabase();
        _options = options;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _probe = clock.CreateTimer(_ => _ = ProbeAsync(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Available(port, available: true);
    }

    /// <summary>Whether Redis counts as there.</summary>
    public bool IsClosed => !_isOpen;

    /// <summary>Runs a script; null where Redis is away or did not answer in time.</summary>
    public async ValueTask<RedisResult?> EvaluateAsync(
        string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isOpen)
        {
            _metrics.Missed(_port);
            return null;
        }

        try
        {
            if (Interlocked.Increment(ref _pending) > MaxPending)
            {
                _metrics.Missed(_port);
                return null;
            }

            return await SendAsync(script, keys, values, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _probe.Dispose();

    private async ValueTask<RedisResult?> SendAsync(
        string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _database.ScriptEvaluateAsync(script, keys, values)
                .WaitAsync(_options.Timeout, _clock, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _failures) != 0)
            {
                Volatile.Write(ref _failures, 0);
            }

            return result;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _metrics.Missed(_port);
            Fail(keys[0], e);
            return null;
        }
    }

    private void Fail(RedisKey key, Exception exception)
    {
        lock (_gate)
        {
            if (_isOpen || Interlocked.Increment(ref _failures) < FailuresToOpen)
            {
                return;
            }

            _isOpen = true;
            _probed = key;
        }

        _metrics.Available(_port, available: false);
        RedisMessages.Away(_logger, _port, _options.ProbeInterval, exception);
        _probe.Change(_options.ProbeInterval, Timeout.InfiniteTimeSpan);
    }

    // Asks for the key that failed: in a cluster another node may well answer while that one does not.
    [SuppressMessage("Design", "CA1031", Justification = "A probe that ended would leave the port without Redis until the process is started again.")]
    private async Task ProbeAsync()
    {
        try
        {
            await _database.KeyExistsAsync(_probed).WaitAsync(_options.Timeout, _clock).ConfigureAwait(false);
        }
        catch (Exception)
        {
            _probe.Change(_options.ProbeInterval, Timeout.InfiniteTimeSpan);
            return;
        }

        lock (_gate)
        {
            _failures = 0;
            _isOpen = false;
        }

        _metrics.Available(_port, available: true);
        RedisMessages.Back(_logger, _port);
    }
}
