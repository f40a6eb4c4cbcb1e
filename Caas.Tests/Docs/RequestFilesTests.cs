using Caas.Tests.Support;

namespace Caas.Tests.Docs;

/// <summary>Each of <c>requests/*.http</c> runs as it is written, against the product as a newcomer starts it.</summary>
public sealed class RequestFilesTests(RequestFilesTests.Host host) : IClassFixture<RequestFilesTests.Host>
{
    private const string Operator = "platform.http";

    public static TheoryData<string> Files => new(Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "requests"), "*.http")
        .Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_of_requests_runs_as_it_is_written(string name)
    {
        var file = Read(name);

        file.Requests.Count.ShouldBeGreaterThan(3);
        (await file.RunAsync((await host.StartAsync()).Url, SocketIOHost.Ct)).ShouldBeEmpty();
    }

    [Fact]
    public void The_operators_file_says_how_to_start_a_host_that_knows_its_key() =>
        Repository.Read("requests/" + Operator).ShouldContain($"Caas__Platform__Key={Read(Operator).Variables["platformKey"]} ");

    [Fact]
    public async Task A_request_that_is_not_answered_as_its_title_says_is_named()
    {
        var file = HttpFile.Parse("""
            @host = http://localhost:1

            ### Right
            # @name first
            GET {{host}}/health

            ### Right too: 401 unauthenticated
            GET {{host}}/api/clients/me?was={{first.response.body.$.status}}

            ### Another code: 401 invalid_credential
            GET {{host}}/api/clients/me

            ### Another status: 200
            GET {{host}}/api/clients/me

            ### No success
            POST {{host}}/api/clients
            Content-Type: application/json

            { "name": "Acme" }
            """);

        var findings = await file.RunAsync((await host.StartAsync()).Url, SocketIOHost.Ct);

        findings.Select(finding => finding.Split(": ", 2)[0]).ShouldBe(["Another code", "Another status", "No success"]);
    }

    private static HttpFile Read(string name) => HttpFile.Parse(Repository.Read("requests/" + name));

    /// <summary>One host for all files, started as the operator's file says.</summary>
    public sealed class Host() : SharedProcess(["--Caas:Platform:Key", Read(Operator).Variables["platformKey"]]);
}
