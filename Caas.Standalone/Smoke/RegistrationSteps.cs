using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Caas.Standalone.Smoke;

/// <summary>The flow of registration: a client, its application, its keys.</summary>
internal static partial class RegistrationSteps
{
    public const string Flow = "registration";
    public const string Register = "register a client";
    public const string RegisterOther = "register another client";

    public static IEnumerable<SmokeStep> All { get; } =
    [
        new(Flow, Register, static (scene, stop) => RegisterAsync(scene, scene.Own, "CaaS smoke", stop), DeploymentSteps.Alive),
        new(Flow, RegisterOther, static (scene, stop) => RegisterAsync(scene, scene.Other, "CaaS smoke 2", stop), Register),
        new(Flow, "the client's key is let in", ReadClientAsync, Register),
        new(Flow, "an application", MakeApplicationAsync, Register),
        new(Flow, "a key, and its end", MakeKeyAsync, Register),
    ];

    private static async Task<string> RegisterAsync(
        SmokeScene scene, SmokeTenant tenant, string name, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.PostAsync(
            "/api/clients",
            scene.PlatformKey,
            new JsonObject { ["name"] = name, ["email"] = "smoke@caas.example", ["application"] = new JsonObject { ["name"] = "Smoke" } },
            cancellationToken)).Expect(201);

        // Before anything is looked at: what was made is taken away again, also where the rest is wrong.
        tenant.Key = answer.Word("apiKey.key");
        tenant.ClientId = answer.Word("client.id");
        tenant.ApplicationId = answer.Word("application.id");
        return ApiKey.IsMatch(tenant.Key)
            ? tenant.ClientId
            : throw new SmokeFailureException("an API key that begins with caas_live_ or caas_test_", "another form");
    }

    private static async Task<string> ReadClientAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.GetAsync("/api/clients/me", scene.Own.Key, cancellationToken)).Expect(200);
        return answer.Word("id") == scene.Own.ClientId
            ? "the same client"
            : throw new SmokeFailureException("the client that was registered", "another one");
    }

    private static async Task<string> MakeApplicationAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var made = (await scene.Http.PostAsync(
            "/api/applications", scene.Own.Key, new JsonObject { ["name"] = "Smoke 2", ["label"] = "test" }, cancellationToken)).Expect(201);
        var id = made.Word("id");
        var listed = (await scene.Http.GetAsync("/api/applications", scene.Own.Key, cancellationToken)).Expect(200);
        return listed.List("items").Any(item => item.TextAt("id") == id)
            ? id
            : throw new SmokeFailureException("the application in the list", "a list without it");
    }

    private static async Task<string> MakeKeyAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var made = (await scene.Http.PostAsync(
            "/api/keys",
            scene.Own.Key,
            new JsonObject
            {
                ["applicationId"] = scene.Own.ApplicationId,
                ["name"] = "smoke",
                ["scopes"] = new JsonArray("clients:read"),
            },
            cancellationToken)).Expect(201);
        var (id, key) = (made.Word("id"), made.Word("key"));
        (await scene.Http.GetAsync("/api/clients/me", key, cancellationToken)).Expect(200);
        (await scene.Http.GetAsync("/api/users", key, cancellationToken)).ExpectRefusal(403, "insufficient_scope");
        (await scene.Http.DeleteAsync($"/api/keys/{id}", scene.Own.Key, cancellationToken)).Expect(204);
        await scene.UntilAsync(
            async stop => (int)(await scene.Http.GetAsync("/api/clients/me", key, stop)).Status == 401,
            "a revoked key to be refused",
            "it is still let in",
            cancellationToken);
        return "let in, kept to its scope, refused once revoked";
    }

    [GeneratedRegex(
        "^caas_(live|test)_[0-9A-Za-z]+_[0-9A-Za-z_]+$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ApiKey { get; }
}
