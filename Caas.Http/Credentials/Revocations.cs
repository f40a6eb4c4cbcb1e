using System.Collections.Concurrent;
using System.Collections.Immutable;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Caas.Http.Credentials;

/// <summary>
/// This node's copy of the revocation log. The log is polled twice a second, so that a revocation holds within one; a
/// node that could not read it for five seconds trusts nothing from memory. What is older than any token is forgotten.
/// </summary>
public sealed partial class Revocations(
    IRevocationLog log, TimeProvider clock, TokensOptions options, HttpMetrics metrics, ILogger<Revocations> logger)
    : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    internal static readonly Error Unavailable =
        new(ErrorCatalogue.StorageUnavailable, "Credentials cannot be checked now.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private readonly ConcurrentDictionary<(ClientId Client, RevocationKind Kind, string Subject), DateTimeOffset> _over = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private ImmutableList<Action<Revocation>> _listeners = [];
    private long _last;
    private long _readAt;

    /// <summary>Tells of every new entry from now on, in order, on the polling loop: for caches and sockets.</summary>
    public void OnAdded(Action<Revocation> listener) => ImmutableInterlocked.Update(ref _listeners, list => list.Add(listener));

    /// <summary>Whether the log was read lately enough to trust what is in memory.</summary>
    internal bool IsCurrent => clock.GetElapsedTime(Volatile.Read(ref _readAt)) <= MaxAge;

    /// <summary>Whether this caller's session, which began at a moment, and its user and client still stand.</summary>
    internal RevocationState Check(Caller caller, DateTimeOffset sessionBegan)
    {
        if (!IsCurrent)
        {
            return RevocationState.Unknown;
        }

        if (_over.IsEmpty)
        {
            return RevocationState.Standing;
        }

        var over = IsOver(caller.ClientId, RevocationKind.Client, string.Empty, sessionBegan)
            || (caller.SessionId is { } session && IsOver(caller.ClientId, RevocationKind.Session, session.ToString(), sessionBegan))
            || (caller.UserId is { } user && IsOver(caller.ClientId, RevocationKind.User, user.Value, sessionBegan));
        return over ? RevocationState.Revoked : RevocationState.Standing;
    }

    /// <summary>Reads what is new now; for the node on which something was just revoked.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var readAt = clock.GetTimestamp();
                var page = await log.ListAsync(_last, PageSize, cancellationToken);
                foreach (var (number, revocation) in page)
                {
                    Apply(revocation);
                    _last = number;
                }

                Volatile.Write(ref _readAt, readAt);
                if (page.Count < PageSize)
                {
                    return;
                }
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        metrics.ObserveRevocations(() => clock.GetElapsedTime(Volatile.Read(ref _readAt)));
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A store that is away is what MaxAge is for; the loop goes on until it is back.
                LogUnreadable(exception);
            }
        }
    }

    private void Apply(Revocation revocation)
    {
        if (revocation.Kind is RevocationKind.Session or RevocationKind.User or RevocationKind.Client
            && revocation.At > clock.GetUtcNow() - options.AccessLifetime - MaxAge)
        {
            var subject = revocation.Kind == RevocationKind.Client ? string.Empty : revocation.Subject;
            _over[(revocation.ClientId, revocation.Kind, subject)] = revocation.At;
        }

        foreach (var listener in _listeners)
        {
            listener(revocation);
        }
    }

    private bool IsOver(ClientId clientId, RevocationKind kind, string subject, DateTimeOffset sessionBegan)
    {
        if (!_over.TryGetValue((clientId, kind, subject), out var at))
        {
            return false;
        }

        if (at < clock.GetUtcNow() - options.AccessLifetime - MaxAge)
        {
            // Every token from before it has ended by itself.
            _over.TryRemove(new((clientId, kind, subject), at));
            return false;
        }

        // A user's entry ends every session that had begun, however young its token; later ones are new sign-ins. The
        // token's own iat would not do: it counts seconds, and a refresh under way may still issue one.
        return kind != RevocationKind.User || sessionBegan <= at;
    }

    [LoggerMessage(2101, LogLevel.Warning, "The revocation log cannot be read")]
    private partial void LogUnreadable(Exception exception);
}

/// <summary>Whether a credential still stands.</summary>
internal enum RevocationState
{
    /// <summary>It does.</summary>
    Standing,

    /// <summary>It was ended.</summary>
    Revoked,

    /// <summary>The log could not be read for too long: no cached credential is trusted.</summary>
    Unknown,
}
