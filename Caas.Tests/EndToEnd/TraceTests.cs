using System.Diagnostics;
using System.Text.Json;
using Caas.Tests.Gateway;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>One trace from the request, through relay and consumer, to the sockets; in this process, to listen to it.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_send_over_http_is_one_trace_from_the_callers_span_to_the_socket()
    {
        using var traces = new TraceRecorder();
        await using var host = await GatewayHost.StartAsync();
        var (ann, ben, conversation) = await BeginAsync(host);
        await using var socket = await ben.ConnectAsync();
        var caller = traces.Begin();

        var body = JsonSerializer.Serialize(new { conversationId = conversation, clientMessageId = "1", text = "traced" });
        (await host.PostAsync("/api/messages", ann.Token, body, ("traceparent", TraceRecorder.Header(caller)))).Status.ShouldBe(201);
        var arrived = await socket.WaitForMessageAsync("traced");

        arrived.GetProperty("traceId").GetString().ShouldBe(caller.TraceId.ToHexString());
        var request = await traces.WaitForAsync(activity => activity.ParentSpanId == caller.SpanId);
        (request.TraceId, request.Kind, request.Source.Name).ShouldBe((caller.TraceId, ActivityKind.Server, "Microsoft.AspNetCore"));
        await ShouldLeadToTheSocketAsync(traces, request);
    }

    [Fact]
    public async Task A_send_over_a_socket_is_one_trace_to_the_other_socket_and_linked_to_the_handshake()
    {
        using var traces = new TraceRecorder();
        await using var host = await GatewayHost.StartAsync();
        var (ann, ben, conversation) = await BeginAsync(host);
        var handshake = traces.Begin();
        await using var annsSocket = await ChatSocket.ConnectAsync(host.Address, ann.Token, traceParent: TraceRecorder.Header(handshake));
        await using var bensSocket = await ben.ConnectAsync();

        var acknowledged = await annsSocket.EmitAsync(
            "message.send", new { conversationId = conversation, clientMessageId = "1", text = "traced" });
        acknowledged.GetProperty("ok").GetBoolean().ShouldBeTrue(acknowledged.ToString());
        var arrived = await bensSocket.WaitForMessageAsync("traced");

        var command = await traces.WaitForAsync(activity => activity.OperationName == "message.send");
        (command.ParentId, command.Kind).ShouldBe((null, ActivityKind.Server));
        command.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(handshake.SpanId);
        command.TraceId.ShouldNotBe(handshake.TraceId);
        arrived.GetProperty("traceId").GetString().ShouldBe(command.TraceId.ToHexString());
        await ShouldLeadToTheSocketAsync(traces, command);
    }

    [Fact]
    public async Task Two_sends_over_one_socket_are_two_traces()
    {
        using var traces = new TraceRecorder();
        await using var host = await GatewayHost.StartAsync();
        var (ann, _, conversation) = await BeginAsync(host);
        await using var socket = await ChatSocket.ConnectAsync(
            host.Address, ann.Token, traceParent: TraceRecorder.Header(traces.Begin()));

        foreach (var text in new[] { "one", "two" })
        {
            await socket.EmitAsync("message.send", new { conversationId = conversation, clientMessageId = text, text });
        }

        var one = (await socket.WaitForMessageAsync("one")).GetProperty("traceId").GetString();
        var two = (await socket.WaitForMessageAsync("two")).GetProperty("traceId").GetString();
        (one == two).ShouldBeFalse(one);
    }

    private static async Task ShouldLeadToTheSocketAsync(TraceRecorder traces, Activity send)
    {
        var relay = await traces.ChildOfAsync(send, "relay message.sent", ActivityKind.Producer);
        var deliver = await traces.ChildOfAsync(relay, "deliver message.sent", ActivityKind.Consumer);
        await traces.ChildOfAsync(deliver, "emit message.sent", ActivityKind.Producer);

        // Each step once, and nothing beside them.
        traces.Of(send.TraceId).Count.ShouldBe(4);
    }

    private static async Task<(Person Ann, Person Ben, string Conversation)> BeginAsync(GatewayHost host)
    {
        var tenant = await Tenant.RegisterAsync(host.Address);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        return (ann, ben, await ann.CreateGroupAsync("ben"));
    }
}
