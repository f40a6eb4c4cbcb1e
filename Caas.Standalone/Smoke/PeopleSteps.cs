using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caas.Standalone.Smoke;

/// <summary>Who talks: users, their tokens, the conversation, the second one's socket.</summary>
internal static class PeopleSteps
{
    public const string Users = "users";
    public const string Tokens = "tokens";
    public const string Conversation = "a conversation";
    public const string Connect = "connect sockets";
    private const string Flow = SendingSteps.Flow;

    public static IEnumerable<SmokeStep> All { get; } =
    [
        new(Flow, Users, MakeUsersAsync, RegistrationSteps.Register),
        new(Flow, Tokens, MintAsync, Users),
        new(Flow, "a token that is none is refused", RefuseAsync, Tokens),
        new(Flow, "a refreshed token", RefreshAsync, Tokens),
        new(Flow, Conversation, OpenConversationAsync, Tokens),
        new(Flow, Connect, ConnectAsync, Conversation),
    ];

    /// <summary>Makes a user and a token.</summary>
    public static async Task SignInAsync(
        SmokeScene scene, SmokeTenant tenant, SmokePerson person, CancellationToken cancellationToken)
    {
        (await scene.Http.SendAsync(
            HttpMethod.Put, $"/api/users/{person.UserId}", tenant.Key, new JsonObject { ["name"] = person.UserId }, cancellationToken))
            .Expect(200, 201);
        await MintAsync(scene, tenant, person, cancellationToken);
    }

    private static async Task<string> MakeUsersAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        foreach (var person in new[] { scene.Ann, scene.Ben })
        {
            (await scene.Http.SendAsync(
                HttpMethod.Put, $"/api/users/{person.UserId}", scene.Own.Key, new JsonObject { ["name"] = person.UserId }, cancellationToken))
                .Expect(201);
        }

        var listed = (await scene.Http.GetAsync("/api/users", scene.Own.Key, cancellationToken)).Expect(200).List("items");
        return listed.Count == 2 ? "2" : throw new SmokeFailureException("the two users in the list", $"{listed.Count}");
    }

    private static async Task<string> MintAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        await MintAsync(scene, scene.Own, scene.Ann, cancellationToken);
        await MintAsync(scene, scene.Own, scene.Ben, cancellationToken);
        var keys = (await scene.Http.GetAsync("/.well-known/jwks.json", credential: null, cancellationToken)).Expect(200).List("keys");
        return keys.Any(key => key.TextAt("kid") is { } name && name == SignerOf(scene.Ann.Token))
            ? "signed by a published key"
            : throw new SmokeFailureException("tokens signed by a published key", "another signer");
    }

    private static async Task MintAsync(SmokeScene scene, SmokeTenant tenant, SmokePerson person, CancellationToken cancellationToken)
    {
        var minted = (await scene.Http.PostAsync(
            "/api/tokens", tenant.Key, new JsonObject { ["userId"] = person.UserId }, cancellationToken)).Expect(201);
        person.Token = minted.Word("accessToken");
        person.RefreshToken = minted.Word("refreshToken");
        person.SessionId = minted.Word("sessionId");
    }

    private static async Task<string> RefuseAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        // The first character of the signature: the last may carry bits that nobody reads.
        var at = scene.Ann.Token.LastIndexOf('.') + 1;
        var forged = $"{scene.Ann.Token[..at]}{(scene.Ann.Token[at] == 'A' ? 'B' : 'A')}{scene.Ann.Token[(at + 1)..]}";
        (await scene.Http.GetAsync("/api/conversations", forged, cancellationToken)).ExpectRefusal(401, "invalid_credential");
        return "401";
    }

    private static async Task<string> RefreshAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var renewed = (await scene.Http.PostAsync(
            "/api/tokens/refresh", credential: null, new JsonObject { ["refreshToken"] = scene.Ann.RefreshToken }, cancellationToken)).Expect(200);
        if (renewed.Word("sessionId") != scene.Ann.SessionId)
        {
            throw new SmokeFailureException("the same session", "another one");
        }

        scene.Ann.Token = renewed.Word("accessToken");
        scene.Ann.RefreshToken = renewed.Word("refreshToken");
        return "the same session";
    }

    private static async Task<string> OpenConversationAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["type"] = "direct", ["members"] = new JsonArray(scene.Ben.UserId) };
        scene.ConversationId = (await scene.Http.PostAsync("/api/conversations", scene.Ann.Token, body, cancellationToken))
            .Expect(201).Word("id");
        var again = (await scene.Http.PostAsync("/api/conversations", scene.Ann.Token, body, cancellationToken)).Expect(200);
        return again.Word("id") == scene.ConversationId
            ? scene.ConversationId
            : throw new SmokeFailureException("the same conversation the second time", "another one");
    }

    private static async Task<string> ConnectAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        foreach (var person in new[] { scene.Ben, scene.Ann })
        {
            person.Socket = await SmokeSocket.ConnectAsync(scene.Http, person.Token, cancellationToken);
            var ready = await person.Socket.ExpectAsync("session.ready", static _ => true, cancellationToken);
            if (ready.TextAt("userId") != person.UserId)
            {
                throw new SmokeFailureException("session.ready for the token's user", "another one");
            }

            var synced = (await scene.Http.PostAsync("/api/sync", person.Token, [], cancellationToken)).Expect(200);
            person.Cursor = synced.Word("cursor");
            person.Socket.StartAt(person.Cursor);
        }

        return "two, ready";
    }

    // {"alg":"ES256","kid":"...","typ":"at+jwt"}
    private static string? SignerOf(string token)
    {
        try
        {
            var head = Base64Url.DecodeFromChars(token.Split('.')[0]);
            return JsonElement.Parse(Encoding.UTF8.GetString(head)).TextAt("kid");
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw new SmokeFailureException("access tokens that are JWTs", "another form");
        }
    }
}
