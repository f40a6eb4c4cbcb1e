using System.Net;
using System.Text;
using System.Text.Json;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using ConfluentSchema = Confluent.SchemaRegistry.Schema;

namespace Caas.Tests.Engines.LocalRegistry;

/// <summary>The HTTP face, asked by Confluent's own client and by hand.</summary>
public sealed class RegistryEndpointsTests : IAsyncLifetime
{
    private const string First = """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"}]}""";

    private const string Second =
        """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"},{"name":"note","type":["null","string"],"default":null}]}""";

    private const string Incompatible =
        """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"long"}]}""";

    private RegistryServer _server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RegistryServer.StartAsync(Stop);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Confluents_client_registers_looks_up_and_finds()
    {
        var client = _server.Client;
        var id = await client.RegisterSchemaAsync("s", First);

        (await client.GetSchemaIdAsync("s", new ConfluentSchema(First, SchemaType.Avro))).ShouldBe(id);
        (await client.GetSchemaAsync(id)).SchemaString.ShouldBe(First);
        var second = await client.RegisterSchemaAsync("s", Second);
        (await client.GetLatestSchemaAsync("s")).ShouldSatisfyAllConditions(
            latest => latest.Id.ShouldBe(second),
            latest => latest.Version.ShouldBe(2),
            latest => latest.SchemaString.ShouldBe(Second));
        (await client.GetRegisteredSchemaAsync("s", 1)).Id.ShouldBe(id);
        (await client.GetAllSubjectsAsync()).ShouldBe(["s"]);
        (await client.GetSubjectVersionsAsync("s")).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Confluents_client_asks_for_compatibility()
    {
        await _server.Client.RegisterSchemaAsync("s", First);

        (await _server.Client.IsCompatibleAsync("s", new ConfluentSchema(Second, SchemaType.Avro))).ShouldBeTrue();
        (await _server.Client.IsCompatibleAsync("s", new ConfluentSchema(Incompatible, SchemaType.Avro))).ShouldBeFalse();
        var refused = await Should.ThrowAsync<SchemaRegistryException>(_server.Client.RegisterSchemaAsync("s", Incompatible));
        refused.Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Confluents_client_reads_and_sets_levels()
    {
        (await _server.Client.GetCompatibilityAsync()).ShouldBe(Compatibility.FullTransitive);
        await _server.Client.UpdateCompatibilityAsync(Compatibility.None, "s");
        (await _server.Client.GetCompatibilityAsync("s")).ShouldBe(Compatibility.None);
        await _server.Client.RegisterSchemaAsync("s", First);
        await _server.Client.RegisterSchemaAsync("s", Incompatible);
    }

    [Fact]
    public async Task Confluents_serializers_round_trip()
    {
        var schema = (RecordSchema)global::Avro.Schema.Parse(Second);
        var record = new GenericRecord(schema);
        record.Add("id", "x");
        record.Add("note", "ü");
        var context = new SerializationContext(MessageComponentType.Value, "topic");

        var bytes = await new AvroSerializer<GenericRecord>(_server.Client).SerializeAsync(record, context);
        var read = await new AvroDeserializer<GenericRecord>(_server.Client).DeserializeAsync(bytes, isNull: false, context);

        read["id"].ShouldBe("x");
        read["note"].ShouldBe("ü");
    }

    [Theory]
    [InlineData("GET", "/schemas/ids/77", null, 404, 40403)]
    [InlineData("GET", "/subjects/none/versions", null, 404, 40401)]
    [InlineData("GET", "/subjects/none/versions/latest", null, 404, 40401)]
    [InlineData("GET", "/subjects/s/versions/9", null, 404, 40402)]
    [InlineData("GET", "/subjects/s/versions/zero", null, 422, 42202)]
    [InlineData("GET", "/subjects/s/versions/0", null, 422, 42202)]
    [InlineData("POST", "/subjects/none", "schema", 404, 40401)]
    [InlineData("POST", "/subjects/s", "other", 404, 40403)]
    [InlineData("POST", "/subjects/s/versions", "bad", 422, 42201)]
    [InlineData("POST", "/subjects/s/versions", "protobuf", 422, 42201)]
    [InlineData("POST", "/subjects/s/versions", "incompatible", 409, 409)]
    [InlineData("POST", "/subjects/s/versions", "{", 400, 400)]
    [InlineData("POST", "/compatibility/subjects/s/versions/7", "schema", 404, 40402)]
    [InlineData("PUT", "/config", """{"compatibility":"SOME"}""", 422, 42203)]
    [InlineData("GET", "/config/s", null, 404, 40408)]
    [InlineData("GET", "/associations/resources/-/t?resourceType=topic&associationType=value", null, 404, 404)]
    public async Task Errors_are_those_of_the_real_registry(string method, string path, string? body, int status, int code)
    {
        await _server.Client.RegisterSchemaAsync("s", First);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(
            body switch
            {
                "schema" => Body(First),
                "other" => Body(Second),
                "incompatible" => Body(Incompatible),
                "bad" => Body("""{"type":"record"}"""),
                "protobuf" => """{"schemaType":"PROTOBUF","schema":"message M {}"}""",
                _ => body,
            },
            Encoding.UTF8,
            "application/vnd.schemaregistry.v1+json");

        using var response = await _server.Http.SendAsync(request, Stop);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.schemaregistry.v1+json");
        var error = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Stop));
        error.GetProperty("error_code").GetInt32().ShouldBe(code);
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("/", "{}")]
    [InlineData("/schemas/types", """["AVRO"]""")]
    [InlineData("/subjects", "[]")]
    [InlineData("/config", """{"compatibilityLevel":"FULL_TRANSITIVE"}""")]
    public async Task Plain_questions_have_plain_answers(string path, string answer) =>
        (await _server.Http.GetStringAsync(path, Stop)).ShouldBe(answer);

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        using var content = new StringContent(new string(' ', 3 * 1024 * 1024), Encoding.UTF8, "application/json");

        using var response = await _server.Http.PostAsync("/subjects/s/versions", content, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private static string Body(string schema) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["schema"] = schema });
}
