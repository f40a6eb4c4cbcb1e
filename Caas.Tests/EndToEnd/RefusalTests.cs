using System.Globalization;
using System.Net;
using System.Text;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>What is refused, in which order, and how strictly JSON is read.</summary>
public sealed class RefusalTests(CaasHost host)
{
    private const string Nowhere = "conv_01m876tr7me2bv28tg7fe3fkrb";
    private const int BodyCap = 10 * 1024 * 1024;

    /// <summary>Endpoints with a body, the status of a body that is JSON of the wrong shape, and whether the path names something.</summary>
    public static TheoryData<string, string, bool> Endpoints => new()
    {
        { "POST", "/api/messages", false },
        { "POST", "/api/conversations", false },
        { "POST", "/api/sync", false },
        { "POST", $"/api/conversations/{Nowhere}/members", true },
        { "PUT", $"/api/conversations/{Nowhere}/read", true },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Refusals_come_in_the_order_of_the_contract(string method, string path, bool namesNothing)
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var verb = HttpMethod.Parse(method);
        var tooLarge = new string(' ', BodyCap + 1);

        // Everything is wrong at once; each step repairs what was named.
        (await new ApiClient(url).SendAsync(verb, path, Text(tooLarge, "text/plain"))).ShouldBeRefused(401, "unauthenticated");
        (await new ApiClient(url, "nonsense").SendAsync(verb, path, Text(tooLarge, "text/plain"))).ShouldBeRefused(401, "invalid_credential");
        (await ann.Api.SendAsync(verb, path, Text(tooLarge, "text/plain"))).ShouldBeRefused(415, "unsupported_media_type");
        (await ann.Api.SendAsync(verb, path, Text(tooLarge))).ShouldBeRefused(413, "body_too_large");
        (await ann.Api.SendAsync(verb, path, Text("{"))).ShouldBeRefused(400, "malformed_json");
        var misshapen = await ann.Api.SendAsync(verb, path, Text("""{"nobodyKnowsThis":1}"""));
        if (namesNothing)
        {
            misshapen.ShouldBeRefused(404, "not_found");
        }
        else
        {
            misshapen.ShouldBeRefused(422, "unknown_field", "nobodyKnowsThis");
        }
    }

    [Fact]
    public async Task The_limit_is_refused_before_the_body_is_looked_at_and_says_when_to_come_again()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path, "--Caas:Limits:PerUserPerMinute", "3");
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        for (var number = 0; number < 3; number++)
        {
            await ann.Api.GetAsync("/api/conversations");
        }

        var refused = await ann.Api.PostRawAsync("/api/messages", "{", "text/plain");

        refused.ShouldBeRefused(429, "rate_limited");
        refused["retryable"].GetBoolean().ShouldBeTrue();
        int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        refused.Headers.ShouldContainKey("RateLimit");
        refused.Headers.ShouldContainKey("RateLimit-Policy");
    }

    [Fact]
    public async Task An_id_in_the_body_that_is_not_there_is_refused_after_what_is_wrong_with_the_values()
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");

        (await ann.TrySendAsync(Nowhere, "", "text")).ShouldBeRefused(422, "validation_failed", "clientMessageId");
        (await ann.TrySendAsync(Nowhere, "1", "text")).ShouldBeRefused(404, "not_found");
        (await ann.TrySendAsync("nonsense", "1", "text")).ShouldBeRefused(422, "validation_failed", "conversationId");
    }

    [Theory]
    [InlineData("""{"conversationId":"x","clientMessageId":"1","text":"a","text":"b"}""", 400, "malformed_json", null)]
    [InlineData("""{"conversationId":"x","clientMessageId":"1","attributes":{"a":1,"a":2}}""", 400, "malformed_json", null)]
    [InlineData("""{"clientMessageId":"1"} trailing""", 400, "malformed_json", null)]
    [InlineData("", 400, "malformed_json", null)]
    [InlineData("""{"clientMessageId":"1",}""", 400, "malformed_json", null)]
    [InlineData("[]", 422, "validation_failed", "$")]
    [InlineData("""{"clientMessageId":"1","mood":"good"}""", 422, "unknown_field", "mood")]
    [InlineData("""{"ClientMessageId":"1"}""", 422, "unknown_field", "ClientMessageId")]
    [InlineData("""{"clientMessageId":null}""", 422, "validation_failed", "clientMessageId")]
    [InlineData("""{"clientMessageId":1}""", 422, "validation_failed", "clientMessageId")]
    [InlineData("""{"mentions":["ann",null]}""", 422, "validation_failed", "mentions[1]")]
    [InlineData("""{"mentions":["ann","b c"]}""", 422, "validation_failed", "mentions[1]")]
    [InlineData("""{"text":"a\u0000b"}""", 422, "validation_failed", "text")]
    [InlineData("""{"text":"a\ud800b"}""", 422, "validation_failed", "text")]
    [InlineData("""{"attributes":[1]}""", 422, "validation_failed", "attributes")]
    public async Task Json_is_read_strictly_and_what_is_wrong_is_named(string body, int status, string code, string? field)
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");

        (await ann.Api.PostRawAsync("/api/messages", body)).ShouldBeRefused(status, code, field);
    }

    [Fact]
    public async Task Json_that_is_too_deep_is_refused()
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var deep = string.Concat(Enumerable.Repeat("[", 5000)) + string.Concat(Enumerable.Repeat("]", 5000));

        (await ann.Api.PostRawAsync("/api/messages", $$$"""{"attributes":{"a":{{{deep}}}}}""")).ShouldBeRefused(400, "malformed_json");
    }

    [Theory]
    [InlineData("{\"text\":\"", "\"}")]
    [InlineData("{\"attributes\":{\"a\":\"", "\"}}")]
    public async Task Bytes_that_are_no_utf_8_are_refused(string before, string after)
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        byte[] body = [.. Encoding.UTF8.GetBytes(before), 0xC3, 0x28, .. Encoding.UTF8.GetBytes(after)];
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");

        var answer = await ann.Api.SendAsync(HttpMethod.Post, "/api/messages", content);

        answer.ShouldBeRefused(400, "malformed_json");
        answer.Headers["Content-Type"].ShouldStartWith("application/problem+json");
    }

    [Theory]
    [InlineData(16 * 1024, 201)]
    [InlineData((16 * 1024) + 1, 422)]
    public async Task A_text_is_capped_in_bytes(int bytes, int status)
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();

        // Two bytes each: what counts is UTF-8, not characters.
        var text = new string('é', bytes / 2) + new string('e', bytes % 2);
        ((int)(await ann.TrySendAsync(conversation, "1", text)).Status).ShouldBe(status);
    }

    [Fact]
    public async Task A_body_of_twenty_megabytes_is_refused_and_the_refusal_arrives()
    {
        var url = (await host.StartAsync()).Url;
        var ann = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");

        (await ann.Api.PostRawAsync("/api/messages", new string(' ', 2 * BodyCap))).ShouldBeRefused(413, "body_too_large");
        (await ann.Api.GetAsync("/api/conversations")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_only_a_person_can_say_needs_a_person()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var ann = await tenant.AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        var body = new { conversationId = conversation, clientMessageId = "1", text = "by the back end" };

        (await tenant.Key.PostAsync("/api/messages", body)).ShouldBeRefused(422, "user_required");
        var sent = await new ApiClient(url, tenant.Secret, actsFor: "ann").PostAsync("/api/messages", body);
        sent.ShouldBe(HttpStatusCode.Created)["senderId"].GetString().ShouldBe("ann");
    }

    [Fact]
    public async Task An_unknown_member_is_named_by_its_place()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var ann = await tenant.AddPersonAsync("ann");
        await tenant.AddPersonAsync("ben");
        string[] members = ["ben", "nobody"];

        (await ann.Api.PostAsync("/api/conversations", new { type = "group", members })).ShouldBeRefused(422, "validation_failed", "members[1]");
    }

    [Fact]
    public async Task A_token_for_an_unknown_user_is_not_minted()
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);

        (await tenant.Key.PostAsync("/api/tokens", new { userId = "nobody" })).ShouldBeRefused(404, "not_found");
    }

    [Fact]
    public async Task Encryption_is_refused_until_it_is_built()
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");

        (await ann.Api.PostAsync("/api/conversations", new { type = "group", encrypted = true })).ShouldBeRefused(422, "not_available");
    }

    [Theory]
    [InlineData("GET", "/api/nowhere", 404, "not_found")]
    [InlineData("DELETE", "/api/messages", 405, "method_not_allowed")]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    public async Task Also_what_no_endpoint_answers_is_a_problem(string method, string path, int status, string code)
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");

        (await ann.Api.SendAsync(HttpMethod.Parse(method), path)).ShouldBeRefused(status, code);
    }

    private static StringContent Text(string body, string mediaType = "application/json") => new(body, Encoding.UTF8, mediaType);
}
