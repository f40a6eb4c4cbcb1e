using Caas.Engines.Avro;
using Caas.Engines.Doctor;
using Caas.Engines.SchemaRegistry;
using Caas.Tests.Engines.LocalRegistry;
using Caas.Tests.Engines.SchemaRegistry;
using Caas.Tests.Support;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Doctor;

/// <summary>What is found out of a registry: the product's own, over the API that a cluster's has.</summary>
public sealed class SchemaRegistryExaminationTests
{
    private const string Message = "subject platform.events-caas.events.MessageEvent";

    [Fact]
    public async Task A_registry_without_our_schemas_gets_them_later_and_none_now()
    {
        await using var server = await RegistryServer.StartAsync(SocketIOHost.Ct);

        var found = await ExamineAsync(server.Http.BaseAddress!.ToString());

        found.Of(Severity.Error).ShouldBeEmpty();
        found.Of(Severity.Warning).ShouldBeEmpty();
        found[Message].Found.ShouldBe("not registered: the first record does that");
        (await server.Client.GetAllSubjectsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_registered_is_told_and_another_level_is_a_warning()
    {
        await using var server = await RegistryServer.StartAsync(SocketIOHost.Ct);
        var address = server.Http.BaseAddress!.ToString();
        await using (var services = RegistryServices.Build(("ConnectionStrings:schemaregistry", address)))
        {
            foreach (var (subject, schema) in EventSubjects.All)
            {
                await services.GetRequiredService<ConfluentSchemaRegistry>().RegisterAsync(subject, schema, SocketIOHost.Ct);
            }
        }

        await server.Client.UpdateCompatibilityAsync(Compatibility.None, "internal.dlq-caas.events.DeadLetter");

        var found = await ExamineAsync(address);

        found[Message].Found.ShouldBe("registered, FULL_TRANSITIVE");
        found.Of(Severity.Warning).ShouldBe(["subject internal.dlq-caas.events.DeadLetter"]);
    }

    [Fact]
    public async Task A_registry_that_is_away_and_an_address_that_is_none_are_errors()
    {
        var away = await ExamineAsync($"http://127.0.0.1:{FreePort.Next()}");
        var none = await ExamineAsync("registry:8081/x");

        away["reached"].Severity.ShouldBe(Severity.Error);
        away["reached"].Cure.ShouldNotBeNull().ShouldContain("ConnectionStrings:schemaregistry");
        none["configuration"].Severity.ShouldBe(Severity.Error);
    }

    private static async Task<Findings> ExamineAsync(string address)
    {
        await using var services = RegistryServices.Build(
            ("ConnectionStrings:schemaregistry", address), ("Caas:SchemaRegistryClient:MaxRetries", "0"));
        return await Findings.OfAsync(services.GetServices<IExamination>().Single());
    }
}
