using Caas.Tests.Gateway;
using Caas.Tests.Support;

namespace Caas.Tests.Isolation;

/// <summary>One who asks for what is not theirs.</summary>
/// <param name="Name">Who they are.</param>
/// <param name="Credential">What they show.</param>
/// <param name="UserId">Their user; for an API key alone a user of its client.</param>
internal sealed record Trespasser(string Name, string Credential, string UserId)
{
    /// <summary>Whom the API key acts for; null for a token, and for a key alone.</summary>
    public string? ActsFor { get; init; }

    /// <summary>Whether they belong to the victim's client.</summary>
    public bool SameClient { get; init; }

    /// <summary>Whether they were in the conversation.</summary>
    public bool WasMember { get; init; }

    /// <summary>A conversation of their own.</summary>
    public string Conversation { get; private set; } = string.Empty;

    /// <summary>A message of their own; for a key alone none that is.</summary>
    public string Message { get; private set; } = "msg_01m876tr7me2bv28tg7fe3fkra";

    /// <summary>Their socket; null for an API key.</summary>
    public ChatSocket? Socket { get; private set; }

    /// <summary>Whether the id is foreign to them.</summary>
    public bool Concerns(Probe probe) => probe.Whom switch
    {
        Whom.Everyone => true,
        Whom.OtherClient => !SameClient,
        Whom.NeverMembers => !WasMember,
    };

    /// <summary>Gives them something of their own, so that a foreign id beside it is the only thing wrong.</summary>
    public async Task SettleAsync(GatewayHost host)
    {
        var made = await host.PostAsync("/api/conversations", Credential, """{"type":"group"}""", Headers());
        made.Status.ShouldBe(201, made.Text);
        Conversation = made.Json.GetProperty("id").GetString()!;
        var sent = await host.PostAsync(
            "/api/messages",
            Credential,
            $$"""{"conversationId":"{{Conversation}}","clientMessageId":"settled","text":"mine"}""",
            Headers());
        Message = sent.Status == 201 ? sent.Json.GetProperty("id").GetString()! : Message;
    }

    /// <summary>Connects.</summary>
    public async Task ConnectAsync(GatewayHost host)
    {
        Socket = await ChatSocket.ConnectAsync(host.Address, Credential);
        await Socket.WaitForAsync("session.ready");
    }

    /// <summary>The headers beside the credential.</summary>
    public (string Name, string Value)[] Headers((string Name, string Value)? probed = null)
    {
        var headers = new List<(string Name, string Value)>();
        if (probed is { } header)
        {
            headers.Add(header);
        }

        if (ActsFor is { } user && probed is not { Name: "Caas-User" })
        {
            headers.Add(("Caas-User", user));
        }

        return [.. headers];
    }
}
