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
    // Presence is repeated in every such round, well within its expiry.
    private const int RoundsPerTouch = 20;

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
            await TendAsync(sessions, touch: round % RoundsPerTouch == 0, stoppingToken);
        }
    }

    private async ValueTask TendAsync(List<ChatSession> sessions, bool touch, CancellationToken cancellationToken)
    {
        foreach (var session in sessions)
        {
            if (session.IsTyping)
            {
                await typing.SweepAsync(session, gone: false, cancellationToken);
            }

            if (touch && session.Connection.Closed is null)
            {
                await presence.TouchAsync(session, cancellationToken);
            }
        }

        await presence.SweepAsync(cancellationToken);
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
