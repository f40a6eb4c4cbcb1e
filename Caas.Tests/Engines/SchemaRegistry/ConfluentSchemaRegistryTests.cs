using Caas.Engines;
using Caas.Engines.SchemaRegistry;
using Caas.Tests.Engines.LocalLog;
using Caas.Tests.Engines.LocalRegistry;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Engines.SchemaRegistry;

/// <summary>What is particular to this adapter.</summary>
public sealed class ConfluentSchemaRegistryTests : IAsyncLifetime
{
    private const string Thing = """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"}]}""";

    private RegistryServer _server = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ConfluentSchemaRegistry Registry => _services.GetRequiredService<ConfluentSchemaRegistry>();

    public async ValueTask InitializeAsync()
    {
        _server = await RegistryServer.StartAsync(Stop);
        _services = RegistryServices.Build(("ConnectionStrings:schemaregistry", _server.Http.BaseAddress!.ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_subject_gets_the_full_level_before_its_first_schema()
    {
        await _server.Client.UpdateCompatibilityAsync(Compatibility.None);

        await Registry.RegisterAsync("s", Thing, Stop);

        (await _server.Client.GetCompatibilityAsync("s")).ShouldBe(Compatibility.FullTransitive);
    }

    [Fact]
    public async Task A_level_that_an_operator_chose_is_kept_and_told()
    {
        await _server.Client.UpdateCompatibilityAsync(Compatibility.Backward, "s");

        await Registry.RegisterAsync("s", Thing, Stop);

        (await _server.Client.GetCompatibilityAsync("s")).ShouldBe(Compatibility.Backward);
        ((RecordingLogger<ConfluentSchemaRegistry>)_services.GetRequiredService<ILogger<ConfluentSchemaRegistry>>())
            .Entries.ShouldHaveSingleItem().Id.ShouldBe(7201);
    }

    [Fact]
    public async Task What_was_registered_or_found_is_not_asked_for_again()
    {
        var server = await RegistryServer.StartAsync(Stop);
        await using var services = RegistryServices.Build(("ConnectionStrings:schemaregistry", server.Http.BaseAddress!.ToString()));
        var registry = services.GetRequiredService<ConfluentSchemaRegistry>();
        var id = await registry.RegisterAsync("s", Thing, Stop);
        (await registry.FindAsync(id, Stop)).ShouldNotBeNull();
        await server.DisposeAsync();

        (await registry.RegisterAsync("s", Thing, Stop)).ShouldBe(id);
        (await registry.FindAsync(id, Stop)).ShouldNotBeNull();
        await Should.ThrowAsync<IOException>(async () => await registry.RegisterAsync("other", Thing, Stop));
        await Should.ThrowAsync<IOException>(async () => await registry.FindAsync(id + 1, Stop));
        await Should.ThrowAsync<IOException>(async () => await registry.ProbeAsync(Stop));
    }

    [Fact]
    public async Task A_schema_that_was_not_found_is_asked_for_again()
    {
        (await Registry.FindAsync(1, Stop)).ShouldBeNull();

        var id = await _server.Client.RegisterSchemaAsync("s", Thing);

        id.ShouldBe(1);
        (await Registry.FindAsync(id, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_start_asks_the_registry() =>
        await _services.GetRequiredService<IEngineStart>().OpenAsync(Stop);

    [Theory]
    [InlineData(null, "ConnectionStrings:schemaregistry is missing")]
    [InlineData("localhost:8081", "ConnectionStrings:schemaregistry is not one or more absolute http or https addresses")]
    [InlineData("http://one:8081,http://user:secret@two:8081", "without credentials")]
    public async Task A_wrong_address_ends_the_start_and_is_not_quoted(string? address, string line)
    {
        await using var services = RegistryServices.Build(address is null ? [] : [("ConnectionStrings:schemaregistry", address)]);

        var failure = await Should.ThrowAsync<EngineStartException>(services.GetRequiredService<IEngineStart>().OpenAsync(Stop));

        failure.Message.ShouldContain(line);
        failure.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_ends_the_start()
    {
        await using var services = RegistryServices.Build(
            ("ConnectionStrings:schemaregistry", "http://127.0.0.1:1"),
            ("Caas:SchemaRegistryClient:StartTimeout", "00:00:01"),
            ("Caas:SchemaRegistryClient:RequestTimeout", "00:00:00.200"),
            ("Caas:SchemaRegistryClient:MaxRetries", "0"));

        var failure = await Should.ThrowAsync<EngineStartException>(services.GetRequiredService<IEngineStart>().OpenAsync(Stop));

        failure.Message.ShouldBe("ConnectionStrings:schemaregistry: The schema registry does not answer. It was given 00:00:01.");
    }

    [Fact]
    public void The_client_is_made_as_configured()
    {
        var options = new SchemaRegistryClientOptions
        {
            Username = "caas",
            Password = "secret",
            CaLocation = "/etc/ca.pem",
            ClientCertificateLocation = "/etc/client.p12",
            ClientCertificatePassword = "also secret",
        };

        SchemaRegistryClientConfig.Of("https://registry:8081", options)
            .ToDictionary(StringComparer.Ordinal)
            .ShouldBe(
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["schema.registry.url"] = "https://registry:8081",
                    ["schema.registry.request.timeout.ms"] = "5000",
                    ["schema.registry.max.retries"] = "3",
                    ["schema.registry.max.cached.schemas"] = "1000",
                    ["schema.registry.enable.ssl.certificate.verification"] = "True",
                    ["schema.registry.basic.auth.credentials.source"] = "USER_INFO",
                    ["schema.registry.basic.auth.user.info"] = "caas:secret",
                    ["schema.registry.ssl.ca.location"] = "/etc/ca.pem",
                    ["schema.registry.ssl.keystore.location"] = "/etc/client.p12",
                    ["schema.registry.ssl.keystore.password"] = "also secret",
                },
                ignoreOrder: true);
    }
}
