using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>The product's main job: from registration to a message that arrives.</summary>
public sealed class DeliveryTests(CaasHost host)
{
    [Fact]
    public async Task A_new_client_sends_over_http_and_over_a_socket_and_sees_both_arrive()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        string[] members = ["ben"];
        var created = await ann.Api.PostAsync("/api/conversations", new { type = "direct", members });
        var conversation = created.ShouldBe(HttpStatusCode.Created)["id"].GetString()!;

        await using var annsSocket = await ann.ConnectAsync();
        await using var bensSocket = await ben.ConnectAsync();

        var first = await ann.SendAsync(conversation, "Hello over HTTP");
        first.GetProperty("sequence").GetInt64().ShouldBe(1);
        var arrived = await bensSocket.WaitForMessageAsync("Hello over HTTP");
        arrived.GetProperty("data").GetProperty("message").GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        arrived.GetProperty("conversationId").GetString().ShouldBe(conversation);
        arrived.GetProperty("clientId").GetString().ShouldBe(tenant.ClientId);
        arrived.GetProperty("version").GetInt64().ShouldBe(created["version"].GetInt64() + 1);
        arrived.GetProperty("actor").GetProperty("id").GetString().ShouldBe("ann");

        var acknowledged = await bensSocket.EmitAsync(
            "message.send", new { conversationId = conversation, clientMessageId = "2", text = "Hello over a socket" });
        acknowledged.GetProperty("ok").GetBoolean().ShouldBeTrue(acknowledged.ToString());
        acknowledged.GetProperty("message").GetProperty("sequence").GetInt64().ShouldBe(2);

        // The sender's own devices get it too.
        await annsSocket.WaitForMessageAsync("Hello over a socket");
        await bensSocket.WaitForMessageAsync("Hello over a socket");

        var history = await ann.ReadHistoryAsync(conversation);
        history.Select(message => message.GetProperty("text").GetString()).ShouldBe(["Hello over HTTP", "Hello over a socket"]);
    }
}
