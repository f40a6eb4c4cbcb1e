using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.AppHost.Resources;

/// <summary>What an operator does from the dashboard: each is requests to the product's own API, with the platform key.</summary>
internal static class OperatorCommands
{
    /// <summary>Adds the commands to the gateway.</summary>
    public static IResourceBuilder<ProjectResource> WithOperatorCommands(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> platformKey)
    {
        gateway.WithCommand(
            "replay-dead-letters",
            "Replay dead letters",
            context => RunAsync(gateway, platformKey, ReplayAsync, context),
            Options("Puts every record that a consumer gave up through it once more.", "ArrowReplay"));
        gateway.WithCommand(
            "rotate-signing-key",
            "Rotate signing key",
            context => RunAsync(gateway, platformKey, RotateAsync, context),
            Options("Makes a new key for tokens; none that is out becomes invalid.", "KeyReset", "Make a new signing key?"));
        return gateway.WithCommand(
            "seed-demo-data",
            "Seed demo data",
            context => RunAsync(gateway, platformKey, DemoSeed.RunAsync, context),
            Options("Registers a client with two users who have talked, and shows its API key.", "PersonChat"));
    }

    private static CommandOptions Options(string description, string icon, string? confirmation = null) => new()
    {
        Description = description,
        IconName = icon,
        ConfirmationMessage = confirmation,

        // Nobody answers before the gateway is ready.
        UpdateState = static context => context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled,
    };

    private static async Task<ExecuteCommandResult> RunAsync(
        IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> platformKey,
        Func<PlatformClient, CancellationToken, Task<ExecuteCommandResult>> command,
        ExecuteCommandContext context)
    {
        try
        {
            var address = await gateway.GetEndpoint("http").GetValueAsync(context.CancellationToken)
                ?? throw new InvalidOperationException("The gateway has no address yet.");
            var key = await platformKey.Resource.GetValueAsync(context.CancellationToken)
                ?? throw new InvalidOperationException("Parameters:platform-key has no value.");
            using var client = new PlatformClient(new Uri(address), key);
            return await command(client, context.CancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            return CommandResults.Failure(failure.Message);
        }
    }

    // What fails again comes back as a new letter, before the place where the list is read: this ends.
    private static async Task<ExecuteCommandResult> ReplayAsync(PlatformClient client, CancellationToken cancellationToken)
    {
        const string Letters = "/api/platform/dead-letters";
        var replayed = 0;
        string? cursor = null;
        do
        {
            var query = cursor is null ? string.Empty : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await client.SendAsync(HttpMethod.Get, $"{Letters}?limit=200{query}", body: null, cancellationToken);
            foreach (var letter in page["items"]!.AsArray())
            {
                await client.SendAsync(HttpMethod.Post, $"{Letters}/{letter!["id"]}/replay", body: null, cancellationToken);
                replayed++;
            }

            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);

        return CommandResults.Success(replayed == 0 ? "There are no dead letters." : $"Dead letters replayed: {replayed}.");
    }

    private static async Task<ExecuteCommandResult> RotateAsync(PlatformClient client, CancellationToken cancellationToken)
    {
        var made = await client.SendAsync(HttpMethod.Post, "/api/platform/signing-keys/rotate", body: null, cancellationToken);
        return CommandResults.Success("A new signing key is published.", made.ToJsonString(), CommandResultFormat.Json);
    }
}
