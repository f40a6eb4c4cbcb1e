using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Validation;

namespace Caas.Domain.Clients;

/// <summary>Registers a client with its first application and a key that has all scopes.</summary>
public sealed class RegisterClient(
    IClientStore clients, ApiKeyFactory keys, IIdSource ids, TimeProvider clock, LimitsOptions limits)
{
    /// <summary>The first etag of every resource.</summary>
    private const string FirstEtag = "1";

    /// <summary>Registers; <c>validation_failed</c>.</summary>
    public async ValueTask<Result<RegisteredClient>> ExecuteAsync(RegisterClientInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var name = checks.Name("name", input.Name, required: true);
        var email = EmailRule.Check(checks, "email", input.Email);
        var applicationName = checks.Name("application.name", input.Application?.Name, input.Application is not null) ?? name;
        if (checks.Error is { } error)
        {
            return error;
        }

        var now = clock.GetUtcNow();
        var client = new Client
        {
            Id = ClientId.From(ids.Next()),
            Name = name!,
            Email = email!,
            CreatedAt = now,
            Etag = FirstEtag,
        };
        var application = new Application
        {
            Id = AppId.From(ids.Next()),
            Name = applicationName!,
            Label = ApiKeyFactory.Live,
            AllowedOrigins = [],
            CreatedAt = now,
            Etag = FirstEtag,
        };
        var (key, secret) = keys.Create(client.Id, application, "first key", ApiScopes.All, expiresAt: null);
        var origin = ChangeOrigin.Of(new Actor(ActorType.System, "registration"));
        await clients.RegisterAsync(client, application, key, origin, cancellationToken);
        return new RegisteredClient(client, application, new IssuedApiKey(key.Key.Id, secret, key.Key.Scopes));
    }
}

/// <summary>The body of <c>POST /api/clients</c>.</summary>
/// <param name="Name">What people call the client.</param>
/// <param name="Email">Whom the operator writes to.</param>
/// <param name="Application">The first application; left out, it has the client's name.</param>
public sealed record RegisterClientInput(string? Name, string? Email, RegisterApplicationInput? Application);

/// <summary>The first application of a new client.</summary>
/// <param name="Name">What people call it.</param>
public sealed record RegisterApplicationInput(string? Name);

/// <summary>A new client, its first application and its first API key.</summary>
/// <param name="Client">The client.</param>
/// <param name="Application">The application.</param>
/// <param name="ApiKey">The key with its secret: shown once.</param>
public sealed record RegisteredClient(Client Client, Application Application, IssuedApiKey ApiKey);

/// <summary>An API key with its secret: shown once.</summary>
/// <param name="Id">The id.</param>
/// <param name="Key">The whole key, as it is sent in <c>Authorization: Bearer</c>.</param>
/// <param name="Scopes">What it may do.</param>
public sealed record IssuedApiKey(KeyId Id, string Key, IReadOnlyList<string> Scopes);
