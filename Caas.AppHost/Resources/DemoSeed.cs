using System.Text.Json.Nodes;

namespace Caas.AppHost.Resources;

/// <summary>A client to try things with: what the page <c>/demo</c> makes for itself, by the same requests.</summary>
internal static class DemoSeed
{
    private static readonly (string Id, string Name)[] People = [("demo-ann", "Ann"), ("demo-ben", "Ben")];

    private static readonly (int Sender, string Text)[] Talk =
    [
        (0, "Hello, Ben. This message went through the log, the relay and Kafka before it came to you."),
        (1, "It still arrived before I could blink."),
        (0, "And it is there after a restart, too."),
    ];

    /// <summary>Makes it; a new one each time, for the key of an old one cannot be shown again.</summary>
    public static async Task<ExecuteCommandResult> RunAsync(PlatformClient gateway, CancellationToken cancellationToken)
    {
        var client = await gateway.SendAsync(
            HttpMethod.Post,
            "/api/clients",
            new JsonObject { ["name"] = "Demo", ["email"] = "demo@example.com" },
            cancellationToken);
        var key = (string)client["apiKey"]!["key"]!;
        foreach (var (id, name) in People)
        {
            await gateway.SendAsync(
                HttpMethod.Put, $"/api/users/{id}", new JsonObject { ["name"] = name }, key, user: null, cancellationToken);
        }

        var conversation = await gateway.SendAsync(
            HttpMethod.Post,
            "/api/conversations",
            new JsonObject { ["type"] = "group", ["name"] = "Demo", ["members"] = new JsonArray(People[1].Id) },
            key,
            People[0].Id,
            cancellationToken);
        foreach (var (index, (sender, text)) in Talk.Index())
        {
            var message = new JsonObject
            {
                ["conversationId"] = (string)conversation["id"]!,
                ["clientMessageId"] = $"seed-{index}",
                ["text"] = text,
            };
            await gateway.SendAsync(HttpMethod.Post, "/api/messages", message, key, People[sender].Id, cancellationToken);
        }

        return CommandResults.Success("The client Demo is there; its API key is shown once.", key);
    }
}
