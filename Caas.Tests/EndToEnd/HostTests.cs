using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Caas.Standalone.Hosting;
using Caas.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Caas.Tests.EndToEnd;

/// <summary>The process as its operator meets it.</summary>
public sealed class HostTests(CaasHost host, ITestOutputHelper output)
{
    [Fact]
    public async Task A_start_prints_its_listeners_the_new_platform_key_once_and_that_it_is_ready()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await CaasProcess.StartAsync(folder.Path))
        {
            first.Output.Take(3).Select(line => line.Split(' ')[1]).ShouldBe(["api", "metrics", "schema-registry"]);
            first.Output.Count(line => line.Contains("caas_platform_", StringComparison.Ordinal)).ShouldBe(1);
            first.Output[^1].ShouldBe("CaaS is ready");
            output.WriteLine($"start to ready: {first.StartToReady.TotalMilliseconds:F0} ms, with a new folder");
            await first.TerminateAsync();
        }

        await using var second = await CaasProcess.StartAsync(folder.Path);
        second.Output.ShouldNotContain(line => line.Contains("caas_platform_", StringComparison.Ordinal));
        output.WriteLine($"start to ready: {second.StartToReady.TotalMilliseconds:F0} ms, the second time");
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start_with_one_line_and_uses_no_key_up()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await using (var refused = CaasProcess.Launch(folder.Path, "--Caas:Metrics:Port", port))
        {
            (await refused.WaitForExitAsync()).ShouldBe(2);
            var line = refused.Output.ShouldHaveSingleItem();
            line.ShouldStartWith($"Caas:Metrics:Port: 127.0.0.1:{port} ");
        }

        await using var started = await CaasProcess.StartAsync(folder.Path);
        started.Output.ShouldContain(text => text.Contains("caas_platform_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_two_listeners_are_to_have_is_told_by_the_second_key()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);

        await using var refused = CaasProcess.Launch(folder.Path, "--Caas:Http:Port", port, "--Caas:SchemaRegistry:Port", port);

        (await refused.WaitForExitAsync()).ShouldBe(2);
        refused.Output.ShouldHaveSingleItem().ShouldStartWith($"Caas:SchemaRegistry:Port: 127.0.0.1:{port} ");
    }

    [Fact]
    public async Task The_working_folder_is_not_watched_since_the_data_may_be_in_it()
    {
        using var folder = new TemporaryFolder();
        await using var app = StandaloneHost.Create().Build(["--Caas:Data:Path", folder.Path], replace: null, out _);

        var files = ((IConfigurationRoot)app.Configuration).Providers.OfType<FileConfigurationProvider>().ToArray();

        files.ShouldNotBeEmpty();
        files.ShouldAllBe(file => !file.Source.ReloadOnChange);
    }

    [Fact]
    public async Task Health_and_liveness_are_for_anyone()
    {
        var api = new ApiClient((await host.StartAsync()).Url);

        (await api.GetAsync("/health")).ShouldBe(HttpStatusCode.OK);
        (await api.GetAsync("/alive")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_are_on_their_own_port_only()
    {
        var caas = await host.StartAsync();

        (await new ApiClient(caas["metrics"]).GetAsync("/metrics")).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("# TYPE ");
        (await new ApiClient(caas.Url).GetAsync("/metrics")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await new ApiClient(caas["schema-registry"]).GetAsync("/metrics")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_schema_registry_is_on_its_own_port_only()
    {
        var caas = await host.StartAsync();
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        await using var socket = await ann.ConnectAsync();

        // An event that came to a socket has been through the stream, so its schema is known.
        await ann.CreateGroupAsync();
        await socket.WaitForAsync("member.added");

        var subjects = (await new ApiClient(caas["schema-registry"]).GetAsync("/subjects")).ShouldBe(HttpStatusCode.OK);

        JsonElement.Parse(subjects.Text).EnumerateArray().Select(subject => subject.GetString())
            .ShouldContain(subject => subject!.StartsWith("platform.events-", StringComparison.Ordinal));
        (await new ApiClient(caas.Url).GetAsync("/subjects")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await new ApiClient(caas["metrics"]).GetAsync("/subjects")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("schema-registry")]
    public async Task The_operators_ports_serve_nothing_of_the_api(string listener)
    {
        var caas = await host.StartAsync();
        var elsewhere = new ApiClient(caas[listener]);

        foreach (var path in new[] { "/api/conversations", "/docs", "/openapi/v1.json", "/socket.io/?EIO=4&transport=polling" })
        {
            (await elsewhere.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task The_reference_needs_nothing_from_the_internet()
    {
        var api = new ApiClient((await host.StartAsync()).Url);

        var page = await api.GetAsync("/docs");
        if (page.Status == HttpStatusCode.Redirect || page.Status == HttpStatusCode.MovedPermanently)
        {
            page = await api.GetAsync(page.Headers["Location"]);
        }

        page.ShouldBe(HttpStatusCode.OK).Headers["Content-Type"].ShouldStartWith("text/html");
        page.Text.ShouldNotContain("https://cdn");
        page.Text.ShouldNotContain("https://fonts");
    }

    [Fact]
    public async Task The_description_names_every_route_of_the_contract_that_exists()
    {
        var caas = await host.StartAsync();
        var document = (await new ApiClient(caas.Url).GetAsync("/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);
        document["openapi"].GetString().ShouldNotBeNull().ShouldStartWith("3.1");
        var described = document["paths"].EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        string[] expected =
        [
            "POST /api/clients", "GET /api/clients/me", "PUT /api/users/{userId}", "GET /api/users/{userId}", "GET /api/users",
            "POST /api/users/batch", "POST /api/tokens", "POST /api/conversations", "GET /api/conversations",
            "GET /api/conversations/{conversationId}", "GET /api/conversations/{conversationId}/members",
            "POST /api/conversations/{conversationId}/members", "POST /api/messages",
            "GET /api/conversations/{conversationId}/messages", "PUT /api/conversations/{conversationId}/read", "POST /api/sync",
        ];
        expected.Except(described, StringComparer.Ordinal).ShouldBeEmpty();

        // What is described is also there: a route that nobody serves would be 404 without a credential, not 401.
        foreach (var operation in described.Where(operation => operation.Contains(" /api/", StringComparison.Ordinal)))
        {
            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var answer = await new ApiClient(caas.Url).SendAsync(HttpMethod.Parse(method), path);
            answer.Status.ShouldNotBe(HttpStatusCode.NotFound, operation);
            answer.Status.ShouldNotBe(HttpStatusCode.MethodNotAllowed, operation);
        }
    }

    [Theory]
    [InlineData("--Caas:Http:Port", "70000", "Caas:Http:Port")]
    [InlineData("--Caas:Http:Port", "many", "Caas:Http:Port")]
    [InlineData("--Caas:Limits:BodyBytes", "0", "Caas:Limits:BodyBytes")]
    [InlineData("--Caas:Limits:PerUserPerMinute", "-1", "Caas:Limits:PerUserPerMinute")]
    [InlineData("--Caas:Tokens:AccessLifetime", "soon", "Caas:Tokens:AccessLifetime")]
    [InlineData("--Caas:Platform:Key", "short", "Caas:Platform:Key")]
    [InlineData("--Caas:InMemory:BusShards", "few", "Caas:InMemory:BusShards")]
    [InlineData("--SocketIO:MaxAttachments", "65", "SocketIO:MaxAttachments")]
    [InlineData("--SocketIO:PingInterval", "soon", "SocketIO:PingInterval")]
    [InlineData("--Caas:Consumers:TryTimeout", "00:00:00", "Caas:Consumers:TryTimeout")]
    [InlineData("--Caas:Consumers:ErasureTimeout", "soon", "Caas:Consumers:ErasureTimeout")]
    [InlineData("--Caas:Notifications:LogBytes", "-1", "Caas:Notifications:LogBytes")]
    [InlineData("--Caas:Notifications:OutboxChanges", "many", "Caas:Notifications:OutboxChanges")]
    [InlineData("--Caas:Sqlite:MaxBatch", "many", "Caas:Sqlite:MaxBatch")]
    [InlineData("--Caas:Engines:Counters", "rediss", "Caas:Engines:Counters")]
    [InlineData("--Caas:Http:DrainDelay", "00:01:00", "Caas:Http:DrainDelay")]
    public async Task A_wrong_option_ends_the_start_with_code_2_and_one_line_that_names_the_key(string option, string value, string key)
    {
        using var folder = new TemporaryFolder();
        await using var caas = CaasProcess.Launch(folder.Path, option, value);

        (await caas.WaitForExitAsync()).ShouldBe(2, string.Join('\n', caas.Output));
        caas.Output.ShouldHaveSingleItem().ShouldContain(key);
    }

    [Fact]
    public async Task The_socket_server_goes_by_its_options()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(
            folder.Path, "--SocketIO:PingInterval", "00:00:07", "--SocketIO:PingTimeout", "00:00:03", "--SocketIO:MaxPayloadBytes", "2048");

        var open = await new ApiClient(caas.Url).GetAsync("/socket.io/?EIO=4&transport=polling");

        open.Text.ShouldContain("\"pingInterval\":7000,\"pingTimeout\":3000,\"maxPayload\":2048");
    }

    [Fact]
    public async Task Where_several_options_are_wrong_the_first_is_named()
    {
        using var folder = new TemporaryFolder();
        await using var caas = CaasProcess.Launch(
            folder.Path, "--SocketIO:MaxAttachments", "65", "--Caas:InMemory:BusShards", "0");

        (await caas.WaitForExitAsync()).ShouldBe(2, string.Join('\n', caas.Output));
        caas.Output.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_start_that_is_refused_leaves_the_platform_key_to_the_next()
    {
        using var folder = new TemporaryFolder();
        await using var refused = CaasProcess.Launch(folder.Path, "--SocketIO:MaxAttachments", "65");
        (await refused.WaitForExitAsync()).ShouldBe(2);

        await using var first = await CaasProcess.StartAsync(folder.Path);

        first.Output.Count(line => line.Contains("caas_platform_", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_with_a_clear_line()
    {
        using var folder = new TemporaryFolder();
        await using var first = await CaasProcess.StartAsync(folder.Path);
        await using var second = CaasProcess.Launch(folder.Path);

        (await second.WaitForExitAsync()).ShouldBe(2, string.Join('\n', second.Output));
        second.Output.ShouldHaveSingleItem().ShouldContain(folder.Path);
        (await new ApiClient(first.Url).GetAsync("/health")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_second_process_waits_for_a_first_that_is_about_to_end()
    {
        using var folder = new TemporaryFolder();
        await using var first = await CaasProcess.StartAsync(folder.Path);
        await using var second = CaasProcess.Launch(folder.Path);
        var ready = second.WaitForLineAsync("CaaS is ready");

        await first.TerminateAsync();

        await ready.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new TemporaryFolder();
        var taken = (await host.StartAsync()).Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var caas = CaasProcess.Launch(folder.Path, "--Caas:Http:Port", taken);

        (await caas.WaitForExitAsync()).ShouldNotBe(0);
        string.Join('\n', caas.Output).ShouldContain(taken);
    }

    [Fact]
    public async Task Where_registration_is_closed_a_stranger_cannot_register()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path, "--Caas:Registration:Open", "false");
        var body = new { name = "Acme", email = "dev@acme.example" };
        var key = caas.Output.Single(line => line.Contains("caas_platform_", StringComparison.Ordinal)).Split(' ')[^1];

        (await new ApiClient(caas.Url).PostAsync("/api/clients", body)).ShouldBeRefused(401, "unauthenticated");
        (await new ApiClient(caas.Url, key).PostAsync("/api/clients", body)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Tokens_and_keys_of_before_a_restart_are_good_after_it()
    {
        using var folder = new TemporaryFolder();
        Tenant tenant;
        Person ann;
        await using (var first = await CaasProcess.StartAsync(folder.Path))
        {
            tenant = await Tenant.RegisterAsync(first.Url);
            ann = await tenant.AddPersonAsync("ann");
            await first.KillAsync();
        }

        await using var second = await CaasProcess.StartAsync(folder.Path);
        (await tenant.At(second.Url).Key.GetAsync("/api/clients/me")).ShouldBe(HttpStatusCode.OK);
        (await ann.At(second.Url).Api.GetAsync("/api/conversations")).ShouldBe(HttpStatusCode.OK);
    }
}
