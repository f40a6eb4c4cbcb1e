using Caas.Domain.Tokens;
using Caas.Http.Credentials;
using Caas.Messaging.Presence;
using Caas.SocketIO;

namespace Caas.Messaging.Realtime;

/// <summary>
/// Tends the connections, in one loop for all instead of a timer for each: ends those whose token ended, keeps presence
/// known, and stops typing that was not repeated. A revocation closes those that it concerns at once.
/// </summary>
internal sealed class SessionSweep(
    SocketIOServer server,
    RealtimeNode node,
    PresenceNode presence,
    TypingNode typing,
    Revocations revocations,
    TimeProvider clock) : BackgroundService
{
    // A connection's presence is repeated after so many rounds, well within its expiry; each has its own turn, so that no
    // round has all of them to tell.
    private const int RoundsPerTouch = 20;

    // Told one after the other, connections would wait for the way to the engine and back of all before them.
    private const int TouchesAtOnce = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        revocations.OnAdded(End);
        using var timer = new PeriodicTimer(Interval, clock);
        for (var round = 1; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            var now = clock.GetUtcNow();
            var sessions = new List<ChatSession>();
            server.ForEach(connection =>
            {
                if (connection.State is ChatSession session)
                {
                    Look(session, now);
                    sessions.Add(session);
                }
            });
            await TendAsync(sessions, round, stoppingToken);
        }
    }

    private async ValueTask TendAsync(List<ChatSession> sessions, int round, CancellationToken cancellationToken)
    {
        var touches = new List<Task>();
        foreach (var session in sessions)
        {
            if (session.IsTyping)
            {
                await typing.SweepAsync(session, gone: false, cancellationToken);
            }

            if (IsDue(session, round) && presence.TouchAsync(session, cancellationToken) is { IsCompletedSuccessfully: false } touch)
            {
                touches.Add(touch);
            }

            if (touches.Count == TouchesAtOnce)
            {
                await Task.WhenAll(touches);
                touches.Clear();
            }
        }

        await Task.WhenAll(touches);
        await presence.SweepAsync(cancellationToken);
    }

    private static bool IsDue(ChatSession session, int round)
    {
        // Who has just come has just been told of.
        session.TouchedInRound ??= round;
        if (round - session.TouchedInRound < RoundsPerTouch || session.Connection.Closed is not null)
        {
            return false;
        }

        session.TouchedInRound = round;
        return true;
    }

    private static void Look(ChatSession session, DateTimeOffset now)
    {
        if (session.ExpiresAt <= now)
        {
            session.Connection.Close(CloseReasons.Expired, SessionMessages.Ended("expired"));
        }
        else if (session.ExpiresAt - WarnBefore <= now && !session.WarnedOfExpiry)
        {
            session.WarnedOfExpiry = true;
            session.Connection.TryEmit(SessionMessages.Expiring(session.ExpiresAt));
        }
    }

    private void End(Revocation revocation)
    {
        if (revocation.Kind == RevocationKind.User)
        {
            EndAll(Domain.Ids.UserId.TryParse(revocation.Subject, out var user) ? node.Find(revocation.ClientId, user) : null);
        }
        else if (revocation.Kind is RevocationKind.Session or RevocationKind.Client or RevocationKind.Key)
        {
            server.ForEach(connection =>
            {
                if (connection.State is ChatSession session && Concerns(revocation, session))
                {
                    Close(session);
                }
            });
        }
    }

    private static bool Concerns(Revocation revocation, ChatSession session) =>
        session.Caller.ClientId == revocation.ClientId
        && revocation.Kind switch
        {
            RevocationKind.Client => true,
            RevocationKind.Session => session.Caller.SessionId?.ToString() == revocation.Subject,

            // An application that was deleted: its keys are of no concern to sockets, its users' tokens are.
            RevocationKind.Key => session.Caller.ApplicationId.ToString() == revocation.Subject,
            RevocationKind.User or RevocationKind.Role or RevocationKind.Limits => false,
        };

    private static void EndAll(UserChannel? channel)
    {
        foreach (var session in channel?.Sessions ?? [])
        {
            Close(session);
        }
    }

    private static void Close(ChatSession session) =>
        session.Connection.Close(CloseReasons.Revoked, SessionMessages.Ended("revoked"));
}
