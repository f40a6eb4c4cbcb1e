using Caas.Domain.Tokens;
using Caas.Http.Credentials;
using Caas.SocketIO;

namespace Caas.Messaging.Realtime;

/// <summary>
/// Ends connections whose credential ended: once a second all of them are looked at for the end of their token, and a
/// revocation closes those that it concerns at once. One loop for all, instead of a timer for each.
/// </summary>
internal sealed class SessionSweep(SocketIOServer server, RealtimeNode node, Revocations revocations, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        revocations.OnAdded(End);
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = clock.GetUtcNow();
            server.ForEach(connection => Look(connection.State as ChatSession, now));
        }
    }

    private static void Look(ChatSession? session, DateTimeOffset now)
    {
        if (session is null)
        {
            return;
        }

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
        else if (revocation.Kind is RevocationKind.Session or RevocationKind.Client)
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
        && (revocation.Kind == RevocationKind.Client || session.Caller.SessionId?.ToString() == revocation.Subject);

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
