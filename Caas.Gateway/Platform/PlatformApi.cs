using Caas.Domain.Clients;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Gateway.Platform;

/// <summary>The endpoints of the operator.</summary>
internal static class PlatformApi
{
    public static IEndpointRouteBuilder MapPlatform(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/platform", "Platform");
        group.MapGet("/clients", ListClientsAsync).Allow(Access.Platform)
            .Produces<Page<Client>>();
        group.MapGet("/health", ReadHealthAsync).Allow(Access.Platform)
            .Produces<PlatformHealth>();
        group.MapGet("/lag", ReadLagAsync).Allow(Access.Platform)
            .Produces<Listing<GroupLag>>();
        group.MapGet("/topics", ListTopicsAsync).Allow(Access.Platform)
            .Produces<Listing<TopicView>>();
        group.MapGet("/signing-keys", ListSigningKeysAsync).Allow(Access.Platform)
            .Produces<Listing<SigningKeyView>>();
        group.MapPost("/signing-keys/rotate", RotateSigningKeysAsync).Allow(Access.Platform)
            .Produces<SigningKeyView>();
        return routes;
    }

    /// <summary>List the clients</summary>
    /// <remarks>In the order of their registration, without those that are being erased.</remarks>
    private static async Task<IResult> ListClientsAsync(
        string? limit, string? cursor, IClientStore clients, Pager pager, CancellationToken cancellationToken)
    {
        if (!pager.Read(limit, cursor, "platform clients").TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        ClientId? after = TypeId.TryParse<ClientId>(request.After, out var last) ? last : null;
        var read = await clients.ListAsync(after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<Client>>(pager.Make(request, read, client => client, client => client.Id.ToString()));
    }

    /// <summary>The health of the engines</summary>
    /// <remarks>
    /// Each by its name: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>. Always 200: that an engine is away is the
    /// answer, not a failure to give it; <c>/health</c> is for probes.
    /// </remarks>
    private static async Task<IResult> ReadHealthAsync(HealthCheckService health, CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(cancellationToken);
        return new ResourceResult<PlatformHealth>(PlatformHealth.Of(report));
    }

    /// <summary>How far consumers are behind</summary>
    /// <remarks>Each consumer group in each partition, in records; a partition that nobody reads has no <c>group</c>.</remarks>
    private static async Task<IResult> ReadLagAsync(IStreamStatus stream, CancellationToken cancellationToken) =>
        new ResourceResult<Listing<GroupLag>>(new Listing<GroupLag>(await stream.ReadLagAsync(cancellationToken)));

    /// <summary>List the topics</summary>
    /// <remarks>Their partitions with the offset of the next record, and the consumer groups that read them.</remarks>
    private static async Task<IResult> ListTopicsAsync(IStreamStatus stream, CancellationToken cancellationToken)
    {
        var lags = (await stream.ReadLagAsync(cancellationToken)).ToLookup(lag => lag.Topic, StringComparer.Ordinal);
        return new ResourceResult<Listing<TopicView>>(
            new Listing<TopicView>([.. Topics.All.Select(topic => TopicView.Of(topic, lags[topic]))]));
    }

    /// <summary>List the signing keys</summary>
    /// <remarks>Oldest first, never the private part; the public one is in <c>/.well-known/jwks.json</c>.</remarks>
    private static async Task<IResult> ListSigningKeysAsync(
        SigningKeyRing ring, TimeProvider clock, CancellationToken cancellationToken)
    {
        var signer = await ring.GetSignerAsync(cancellationToken);
        var keys = await ring.ListAsync(cancellationToken);
        return new ResourceResult<Listing<SigningKeyView>>(
            new Listing<SigningKeyView>([.. keys.Select(key => SigningKeyView.Of(key.Key, signer.Key.Id, clock.GetUtcNow()))]));
    }

    /// <summary>Rotate the signing keys</summary>
    /// <remarks>
    /// The new key is published now and signs a few minutes later, when everybody knows it; the old one stays published
    /// until its last token has ended. No token becomes invalid.
    /// </remarks>
    private static async Task<IResult> RotateSigningKeysAsync(
        SigningKeyRing ring, TimeProvider clock, CancellationToken cancellationToken)
    {
        var made = await ring.RotateAsync(cancellationToken);
        var signer = await ring.GetSignerAsync(cancellationToken);
        return new ResourceResult<SigningKeyView>(SigningKeyView.Of(made, signer.Key.Id, clock.GetUtcNow()));
    }
}
