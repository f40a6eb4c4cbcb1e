using System.Text;
using System.Text.Json;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Moving;

/// <summary>Everything of a small deployment as an engine's ports give it, in lines that two engines can be compared by.</summary>
internal static class DeploymentReading
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<IReadOnlyList<string>> ReadAsync(IServiceProvider services, SmallDeployment deployment, TimeProvider clock)
    {
        var lines = new List<string>();
        await ReadPlatformAsync(services, clock, lines);
        foreach (var user in await services.GetRequiredService<IUserStore>().ListAsync(deployment.Client, null, 1000, Ct))
        {
            lines.Add($"user {Json(user)}");
        }

        foreach (var session in deployment.Sessions)
        {
            lines.Add($"session {Json(await services.GetRequiredService<ISessionStore>().FindAsync(deployment.Client, session.Session.Id, Ct))}");
        }

        foreach (var key in deployment.Answers)
        {
            var answer = (await services.GetRequiredService<IIdempotencyStore>().FindAsync(deployment.Client, key, Ct)).Value;
            lines.Add($"answer {key.Key} {answer?.Status} {(answer is null ? "" : Encoding.UTF8.GetString(answer.Body.Span))} {answer?.Etag} {answer?.Location}");
        }

        foreach (var id in deployment.Conversations)
        {
            await ReadConversationAsync(services, deployment.Client, id, lines);
        }

        foreach (var user in SmallDeployment.People)
        {
            await ReadFeedAsync(services, deployment.Client, user, lines);
        }

        return lines;
    }

    private static async Task ReadPlatformAsync(
        IServiceProvider services, TimeProvider clock, List<string> lines)
    {
        var secret = await services.GetRequiredService<IPlatformSecrets>().FindAsync("refresh", Ct);
        lines.Add($"secret {Convert.ToHexString(secret!.Value.Span)}");
        foreach (var key in await services.GetRequiredService<ISigningKeyStore>().ListAsync(clock.GetUtcNow(), Ct))
        {
            lines.Add($"signing key {Json(key)}");
        }

        foreach (var revocation in await services.GetRequiredService<IRevocationLog>().ListAsync(0, 1000, Ct))
        {
            lines.Add($"revocation {Json(revocation)}");
        }

        foreach (var client in await services.GetRequiredService<IClientStore>().ListAsync(null, 1000, Ct))
        {
            lines.Add($"client {Json(client)} {await services.GetRequiredService<IClientStore>().FindLimitsAsync(client.Id, Ct)}");
            lines.Add($"applications {Json(await services.GetRequiredService<IApplicationStore>().ListAsync(client.Id, null, 100, Ct))}");
            lines.Add($"keys {Json(await services.GetRequiredService<IApiKeyStore>().ListAsync(client.Id, null, 100, Ct))}");
        }

        foreach (var part in (string[])["public-1", "public-2"])
        {
            lines.Add($"key {Json(await services.GetRequiredService<IApiKeyStore>().FindByPublicPartAsync(part, Ct))}");
            lines.Add($"origin {await services.GetRequiredService<IApplicationStore>().IsOriginListedAsync($"https://{part}.example", Ct)}");
        }

        foreach (var letter in await services.GetRequiredService<IDeadLetterStore>().ListAsync(null, 100, Ct))
        {
            lines.Add($"letter {Json(await services.GetRequiredService<IDeadLetterStore>().FindAsync(letter.Id, Ct))}");
        }
    }

    private static async Task ReadConversationAsync(IServiceProvider services, ClientId client, ConversationId id, List<string> lines)
    {
        var head = await services.GetRequiredService<IConversationReader>().FindAsync(client, id, Ct);
        lines.Add($"head {Json(head)} {Convert.ToHexString(head?.Leaves.Root() ?? [])}");
        lines.Add($"members {Json(await services.GetRequiredService<IMemberReader>().ListAsync(client, id, null, 100, Ct))}");
        foreach (var user in SmallDeployment.People)
        {
            lines.Add($"member {Json(await services.GetRequiredService<IMemberReader>().FindAsync(client, id, user, Ct))}");
        }

        foreach (var change in await services.GetRequiredService<IChangeReader>().ListAsync(client, id, 0, 10_000, Ct))
        {
            lines.Add($"change {change.Version} {change.Type} {Encoding.UTF8.GetString(change.Body.Span)} {change.TraceParent}");
        }

        var messages = services.GetRequiredService<IMessageReader>();
        foreach (var message in await messages.ListAsync(client, null, id, MessageRange.Newest, 1000, Ct))
        {
            lines.Add($"message {Json(message)}");
            lines.Add($"revisions {Json(await messages.ListRevisionsAsync(client, null, message.Id, Ct))}");
            lines.Add($"replies {Json((await messages.ListRepliesAsync(client, null, message.Id, long.MaxValue, 10, Ct)).Select(reply => reply.Id))}");
            var proof = (await messages.ReadProofAsync(client, id, message.Sequence, head!.Leaves.Count, Ct)).ShouldNotBeNull();
            var path = new MerkleProof(head.Leaves.Count, proof.Node).PathOf(message.Sequence - 1);
            MerkleProof.RootOf(Convert.FromHexString(message.Leaf), message.Sequence - 1, head.Leaves.Count, path)
                .ShouldBe(head.Leaves.Root());
        }
    }

    private static async Task ReadFeedAsync(IServiceProvider services, ClientId client, UserId user, List<string> lines)
    {
        var changes = services.GetRequiredService<IChangeReader>();
        for (var since = 0L; since < 400; since += 50)
        {
            var feed = await changes.ReadFeedAsync(client, user, since, null, 1000, Ct);
            lines.Add($"feed of {user} since {since}: {feed.Position} "
                + string.Join(", ", feed.Entries.Select(entry => $"{entry.Head.Id} {entry.Head.Version} since {entry.SinceVersion}").Order(StringComparer.Ordinal)));
        }

        var positions = await services.GetRequiredService<IReadPositions>().ListAsync(client, user, null, Ct);
        lines.AddRange(positions.Select(position => $"read {position}").Order(StringComparer.Ordinal));
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
