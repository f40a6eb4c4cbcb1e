namespace Caas.Standalone.Smoke;

/// <summary>Takes away what the run made.</summary>
internal static class CleaningSteps
{
    private const string Flow = "cleaning";

    public static IEnumerable<SmokeStep> All { get; } =
    [
        new(Flow, "the client is removed", static (scene, cancellationToken) => RemoveAsync(scene, scene.Own, cancellationToken))
        {
            Cleans = true,
        },
        new(Flow, "the other client is removed", static (scene, cancellationToken) => RemoveAsync(scene, scene.Other, cancellationToken))
        {
            Cleans = true,
        },
    ];

    private static async Task<string> RemoveAsync(SmokeScene scene, SmokeTenant tenant, CancellationToken cancellationToken)
    {
        if (tenant.Key.Length == 0)
        {
            return "nothing was made";
        }

        (await scene.Http.DeleteAsync("/api/clients/me", tenant.Key, cancellationToken)).Expect(200, 202, 204);
        await scene.UntilAsync(
            async stop => (int)(await scene.Http.GetAsync("/api/clients/me", tenant.Key, stop)).Status == 401,
            "the key of a removed client to be refused",
            "it is still let in",
            cancellationToken);
        return "its key is refused";
    }
}
