using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;

namespace Caas.Tests.Contracts;

/// <summary>
/// What every adapter of <see cref="IClientStore"/>, <see cref="IApplicationStore"/>, <see cref="IApiKeyStore"/> and
/// <see cref="IPlatformSecrets"/> promises.
/// </summary>
public abstract class ClientStoreContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IClientStore Clients => Port<IClientStore>();

    private IApplicationStore Applications => Port<IApplicationStore>();

    private IApiKeyStore Keys => Port<IApiKeyStore>();

    [Fact]
    public async Task A_registered_client_is_there_with_its_application_its_key_and_three_events()
    {
        var (client, application, key) = await Register(Client, "public-part1");

        (await Clients.FindAsync(Client, Ct)).ShouldBe(client);
        var read = (await Applications.FindAsync(Client, application.Id, Ct))!;
        (read with { AllowedOrigins = [] }).ShouldBe(application with { AllowedOrigins = [] });
        read.AllowedOrigins.ShouldBe(["https://app.example"]);
        var stored = (await Keys.FindByPublicPartAsync("public-part1", Ct))!;
        (stored.ClientId, stored.Key.Id, stored.SecretHash.ToArray()).ShouldBe((Client, key.Key.Id, key.SecretHash.ToArray()), new ByValue());
        (await ClientEvents(3)).Select(occurred => (occurred.Version, occurred.Type, occurred.ClientId)).ShouldBe(
        [
            (1, EventTypes.ClientCreated, Client), (2, EventTypes.ApplicationCreated, Client), (3, EventTypes.KeyCreated, Client),
        ]);
    }

    [Fact]
    public async Task A_registration_that_fails_leaves_nothing()
    {
        await Register(Client, "public-part1");

        await Should.ThrowAsync<Exception>(() => Register(OtherClient, "public-part1"));

        (await Clients.FindAsync(OtherClient, Ct)).ShouldBeNull();
        (await Clients.ListAsync(null, 10, Ct)).Select(client => client.Id).ShouldBe([Client]);
    }

    [Fact]
    public async Task A_client_changes_where_its_etag_is_the_one_that_was_seen()
    {
        var (client, _, _) = await Register(Client, "public-part1");

        var changed = (await Clients.UpdateAsync(Client, "New", null, client.Etag, Origin, Ct)).Value!;

        (changed.Name, changed.Email, changed.Etag == client.Etag).ShouldBe(("New", client.Email, false));
        (await Clients.FindAsync(Client, Ct)).ShouldBe(changed);
        (await Clients.UpdateAsync(Client, "Newer", null, client.Etag, Origin, Ct)).Error!.Code
            .ShouldBe(ErrorCatalogue.PreconditionFailed);
        (await Clients.UpdateAsync(OtherClient, "New", null, null, Origin, Ct)).Error.ShouldBe(Error.NotFound);
    }

    [Fact]
    public async Task A_client_has_the_limits_that_were_granted_last_and_every_node_is_told()
    {
        await Register(Client, "public-part1");
        await Register(OtherClient, "public-part2");
        (await Clients.FindLimitsAsync(Client, Ct)).ShouldBe(ClientLimits.None);

        (await Clients.SetLimitsAsync(Client, new ClientLimits(0, 12_000), Ct)).ShouldBeTrue();
        (await Clients.FindLimitsAsync(Client, Ct)).ShouldBe(new ClientLimits(0, 12_000));
        (await Clients.FindLimitsAsync(OtherClient, Ct)).ShouldBe(ClientLimits.None);
        (await Clients.SetLimitsAsync(Client, ClientLimits.None, Ct)).ShouldBeTrue();
        (await Clients.FindLimitsAsync(Client, Ct)).ShouldBe(ClientLimits.None);

        (await Port<IRevocationLog>().ListAsync(0, 10, Ct)).Select(entry => (entry.Revocation.ClientId, entry.Revocation.Kind))
            .ShouldBe([(Client, RevocationKind.Limits), (Client, RevocationKind.Limits)]);
        await Clients.MarkDeletedAsync(Client, Clock.GetUtcNow(), Origin, Ct);
        (await Clients.FindLimitsAsync(Client, Ct)).ShouldBeNull();
        (await Clients.SetLimitsAsync(Client, ClientLimits.None, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_deleted_client_is_found_by_nobody_and_then_erased_with_its_data()
    {
        var (_, application, key) = await Register(Client, "public-part1");
        var id = await Group(Ann);

        (await Clients.MarkDeletedAsync(Client, Clock.GetUtcNow(), Origin, Ct)).ShouldBeTrue();

        (await Clients.MarkDeletedAsync(Client, Clock.GetUtcNow(), Origin, Ct)).ShouldBeFalse();
        (await Clients.FindAsync(Client, Ct)).ShouldBeNull();
        (await Keys.FindByPublicPartAsync("public-part1", Ct))!.RevokedAt.ShouldBe(Clock.GetUtcNow());
        (await Applications.IsOriginListedAsync("https://app.example", Ct)).ShouldBeFalse();
        (await Port<IRevocationLog>().ListAsync(0, 10, Ct)).Select(entry => entry.Revocation.Kind).ShouldBe([RevocationKind.Client]);
        (await Clients.ListDeletedAsync(10, Ct)).ShouldBe([Client]);

        await Clients.EraseAsync(Client, Ct);
        await Clients.EraseAsync(Client, Ct);

        (await Clients.ListDeletedAsync(10, Ct)).ShouldBeEmpty();
        (await Port<IConversationReader>().FindAsync(Client, id, Ct)).ShouldBeNull();
        (await Applications.FindAsync(Client, application.Id, Ct)).ShouldBeNull();
        (await Keys.FindAsync(Client, key.Key.Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task An_application_is_added_changed_and_deleted_with_its_keys()
    {
        await Register(Client, "public-part1");
        var application = NewApplication("https://second.example");
        (await Applications.AddAsync(Client, application, Origin, null, Ct)).Error.ShouldBeNull();
        var key = NewKey(Client, application.Id, "public-part2");
        await Keys.AddAsync(key, Origin, Ct);

        var changed = (await Applications.UpdateAsync(Client, application.Id, null, ["https://third.example"], application.Etag, Ct)).Value!;
        (await Applications.IsOriginListedAsync("https://second.example", Ct)).ShouldBeFalse();
        (await Applications.IsOriginListedAsync("https://third.example", Ct)).ShouldBeTrue();
        (await Applications.DeleteAsync(Client, application.Id, application.Etag, Clock.GetUtcNow(), Origin, Ct)).Error!.Code
            .ShouldBe(ErrorCatalogue.PreconditionFailed);

        (await Applications.DeleteAsync(Client, application.Id, changed.Etag, Clock.GetUtcNow(), Origin, Ct)).Value.ShouldBeTrue();

        (await Applications.DeleteAsync(Client, application.Id, null, Clock.GetUtcNow(), Origin, Ct)).Value.ShouldBeFalse();
        (await Applications.FindAsync(Client, application.Id, Ct)).ShouldBeNull();
        (await Keys.FindAsync(Client, key.Key.Id, Ct)).ShouldBeNull();
        (await Port<IRevocationLog>().ListAsync(0, 10, Ct)).Select(entry => entry.Revocation.Subject).ShouldBe([key.Key.Id.ToString()]);
    }

    [Fact]
    public async Task An_application_with_an_idempotency_key_is_added_once()
    {
        await Register(Client, "public-part1");
        var key = new IdempotencyKey("key", "k", new byte[] { 1 });
        var write = new IdempotentWrite<Application>(key, static _ => new StoredAnswer(201, "{}"u8.ToArray(), null, "/here"));

        (await Applications.AddAsync(Client, NewApplication(), Origin, write, Ct)).Error.ShouldBeNull();
        var again = await Applications.AddAsync(Client, NewApplication(), Origin, write, Ct);

        again.Error!.EarlierAnswer!.Location.ShouldBe("/here");
        (await Applications.ListAsync(Client, null, 10, Ct)).Count.ShouldBe(2);
        (await Port<IIdempotencyStore>().FindAsync(Client, key, Ct)).Value!.Status.ShouldBe(201);
        (await Port<IIdempotencyStore>().FindAsync(OtherClient, key, Ct)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task A_rotated_key_ends_and_its_successor_stands()
    {
        var (_, application, key) = await Register(Client, "public-part1");
        var ends = Clock.GetUtcNow() + TimeSpan.FromHours(1);
        var successor = NewKey(Client, application.Id, "public-part2");

        (await Keys.RotateAsync(key.Key.Id, successor, ends, Origin, Ct)).ShouldNotBeNull();

        (await Keys.FindAsync(Client, key.Key.Id, Ct))!.ExpiresAt.ShouldBe(ends);
        (await Keys.ListAsync(Client, null, 10, Ct)).Count.ShouldBe(2);
        var foreign = NewKey(OtherClient, application.Id, "public-part3");
        (await Keys.RotateAsync(key.Key.Id, foreign, ends, Origin, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_revoked_key_is_found_by_its_public_part_alone()
    {
        var (_, _, key) = await Register(Client, "public-part1");

        (await Keys.RevokeAsync(OtherClient, key.Key.Id, Clock.GetUtcNow(), Origin, Ct)).ShouldBeFalse();
        (await Keys.RevokeAsync(Client, key.Key.Id, Clock.GetUtcNow(), Origin, Ct)).ShouldBeTrue();
        (await Keys.RevokeAsync(Client, key.Key.Id, Clock.GetUtcNow(), Origin, Ct)).ShouldBeFalse();

        (await Keys.FindByPublicPartAsync("public-part1", Ct))!.RevokedAt.ShouldBe(Clock.GetUtcNow());
        (await Keys.FindAsync(Client, key.Key.Id, Ct)).ShouldBeNull();
        (await Keys.ListAsync(Client, null, 10, Ct)).ShouldBeEmpty();
        (await Port<IRevocationLog>().ListAsync(0, 10, Ct)).Single().Revocation.Kind.ShouldBe(RevocationKind.Key);
    }

    [Fact]
    public async Task The_use_of_a_key_is_noted_to_the_minute()
    {
        var (_, application, key) = await Register(Client, "public-part1");
        Clock.Advance(TimeSpan.FromSeconds(90));

        Keys.NoteUse(Client, key.Key.Id, Clock.GetUtcNow());
        await Keys.AddAsync(NewKey(Client, application.Id, "public-part2"), Origin, Ct);

        (await Keys.FindAsync(Client, key.Key.Id, Ct))!.LastUsedAt.ShouldBe(new DateTimeOffset(2026, 11, 24, 12, 1, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_secret_of_the_platform_is_made_once()
    {
        var secrets = Port<IPlatformSecrets>();
        (await secrets.FindAsync("refresh", Ct)).ShouldBeNull();

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            secrets.GetOrAddAsync("refresh", new[] { (byte)i }, Ct).AsTask()));

        made.Select(secret => secret.Span[0]).Distinct().Count().ShouldBe(1);
        await ReopenAsync();
        (await Port<IPlatformSecrets>().FindAsync("refresh", Ct))!.Value.ToArray().ShouldBe(made[0].ToArray());
    }

    private async Task<(Client, Application, StoredApiKey)> Register(ClientId id, string publicPart)
    {
        var client = new Client { Id = id, Name = "Acme", Email = "ops@acme.example", CreatedAt = Clock.GetUtcNow(), Etag = "1" };
        var application = NewApplication("https://app.example");
        var key = NewKey(id, application.Id, publicPart);
        await Clients.RegisterAsync(client, application, key, Origin, Ct);
        return (client, application, key);
    }

    private Application NewApplication(params string[] origins) => new()
    {
        Id = new AppId(Guid.CreateVersion7()),
        Name = "App",
        Label = "live",
        AllowedOrigins = origins,
        CreatedAt = Clock.GetUtcNow(),
        Etag = "1",
    };

    private StoredApiKey NewKey(ClientId client, AppId application, string publicPart)
    {
        var key = new ApiKey
        {
            Id = new KeyId(Guid.CreateVersion7()),
            ApplicationId = application,
            Name = "Key",
            Scopes = ApiScopes.All,
            CreatedAt = Clock.GetUtcNow(),
        };
        return new StoredApiKey(key, client, publicPart, new byte[32], null);
    }

    /// <summary>Compares the hash by its bytes.</summary>
    private sealed class ByValue : IEqualityComparer<(ClientId Client, KeyId Key, byte[] Hash)>
    {
        public bool Equals((ClientId Client, KeyId Key, byte[] Hash) x, (ClientId Client, KeyId Key, byte[] Hash) y) =>
            x.Client == y.Client && x.Key == y.Key && x.Hash.SequenceEqual(y.Hash);

        public int GetHashCode((ClientId Client, KeyId Key, byte[] Hash) obj) => obj.Key.GetHashCode();
    }
}
