using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>One process over engines of both kinds: they can be moved one at a time.</summary>
[Collection(ClusterRig.Collection)]
public sealed class MixedEnginesTests
{
    [Theory]
    [InlineData("sqlite", "redis", "memory", "local")]
    [InlineData("sqlite", "memory", "redis", "local")]
    [InlineData("sqlite", "memory", "memory", "kafka")]
    [InlineData("mongo", "memory", "memory", "local")]
    [InlineData("mongo", "redis", "redis", "kafka")]
    public async Task A_message_goes_its_whole_way(string documents, string counters, string realtime, string events)
    {
        await using var engines = await ClusterEngines.StartAsync();
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(
            folder.Path,
            [
                "--Caas:Engines:Documents", documents,
                "--Caas:Engines:Counters", counters,
                "--Caas:Engines:Realtime", realtime,
                "--Caas:Engines:Events", events,
                .. engines.Settings,
                .. ClusterEngines.Patient,
            ]);
        var tenant = await Tenant.RegisterAsync(caas.Url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await using var socket = await ben.ConnectAsync();

        await ann.SendAsync(conversation, "Hello");

        await socket.WaitForMessageAsync("Hello");
        (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
        (await new ApiClient(caas.Url).GetAsync("/health")).ShouldBe(HttpStatusCode.OK);

        // What stands behind a port is what was chosen.
        engines.Mongo.Commands.Any(command => command.Name == "bulkWrite").ShouldBe(documents == "mongo");
        File.Exists(Path.Combine(folder.Path, "caas_platform.db")).ShouldBe(documents == "sqlite");
        File.Exists(Path.Combine(folder.Path, "caas_events.db")).ShouldBe(events == "local");
    }

    [Theory]
    [InlineData("Caas.Messaging", "Caas:Engines:Documents", "sqlite")]
    [InlineData("Caas.Consumers", "Caas:Engines:Events", "local")]
    [InlineData("Caas.Gateway", "Caas:Engines:Counters", "memory")]
    [InlineData("Caas.Messaging", "Caas:Engines:Realtime", "rediss")]
    public async Task A_service_of_its_own_refuses_an_engine_that_it_cannot_share(string service, string key, string word)
    {
        await using var process = CaasProcess.Launch(CaasProcess.StartInfo(
            Path.Combine(AppContext.BaseDirectory, service + ".dll"), [$"--{key}", word]));

        (await process.WaitForExitAsync()).ShouldBe(2, string.Join('\n', process.Output));
        process.Output.ShouldHaveSingleItem().ShouldStartWith(key);
    }
}
