using Caas.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Smoke;

/// <summary>What is wrong with a deployment is named by the step that finds it, and what depends on it is not run.</summary>
public sealed class SmokeFaultTests
{
    [Fact]
    public async Task A_deployment_that_is_not_there_cannot_be_tried()
    {
        var nobody = new Uri($"http://127.0.0.1:{FreePort.Next()}");

        (await SmokeRuns.RunAsync(nobody)).Answer.ShouldBeRefused($"{nobody}: cannot be reached: ConnectionError.");
    }

    [Theory]
    [InlineData("caas_platform_one\ncaas_platform_two")]
    [InlineData("caas platform")]
    public async Task What_can_be_no_platform_key_is_refused_before_anything_is_asked(string key)
    {
        var run = await SmokeRuns.RunAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"), key);

        run.Answer.ShouldBeRefused("Caas:Platform:Key: is no key: it has a space, an end of line or another character that no key has.");
    }

    [Fact]
    public async Task A_wrong_platform_key_fails_the_registration_by_name_and_is_not_printed()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(
            folder.Path, "--Caas:Platform:Key", SmokeRuns.PlatformKey, "--Caas:Registration:Open", "false");
        const string Wrong = "caas_platform_key_of_somebody_else";

        var run = await SmokeRuns.RunAsync(caas.Url, Wrong);

        run.Answer.ExitCode.ShouldBe(1);
        run.Ended("Failed").ShouldBe(["register a client"]);
        run["register a client"].GetProperty("expected").GetString().ShouldBe("POST /api/clients to answer 201");
        run["register a client"].GetProperty("found").GetString().ShouldStartWith("401 ");
        run["users"].GetProperty("found").GetString().ShouldBe("needs: register a client");
        run.Ended("NotRun").ShouldContain("delivery to the socket", StringComparer.Ordinal);
        (run.Answer.Output + run.Answer.Error).ShouldNotContain(Wrong);
    }

    [Fact]
    public async Task Another_kind_of_server_fails_by_name_and_its_words_are_not_repeated()
    {
        await using var server = await ServeAsync(static context => context.Response.WriteAsync("<html>It works: hunter2</html>", context.RequestAborted));

        var run = await SmokeRuns.RunAsync(new Uri(server.Urls.Single()));

        run.Answer.ExitCode.ShouldBe(1);
        run.Ended("Failed").ShouldBe(["alive", "health", "OpenAPI description", "API reference", "public keys", "headers of answers"]);
        run["health"].GetProperty("expected").GetString().ShouldBe("/health to name documents, counters, realtime, events, schemas");
        run.Answer.Output.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task An_engine_that_is_not_healthy_fails_by_its_name()
    {
        const string Health =
            """
            { "status": "degraded", "checks": { "documents": "healthy", "counters": "degraded", "realtime": "healthy",
              "events": "healthy", "schemas": "healthy" } }
            """;
        await using var server = await ServeAsync(static context => context.Response.WriteAsync(Health, context.RequestAborted));

        var run = await SmokeRuns.RunAsync(new Uri(server.Urls.Single()));

        run["health of counters"].GetProperty("result").GetString().ShouldBe("Failed");
        run["health of counters"].GetProperty("expected").GetString().ShouldBe("counters in /health healthy");
        run["health of documents"].GetProperty("result").GetString().ShouldBe("Passed");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_fails_in_the_time_of_the_step()
    {
        await using var server = await ServeAsync(static context => context.Request.Path == "/health"
            ? context.Response.WriteAsync("{}", context.RequestAborted)
            : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

        var run = await SmokeRuns.RunAsync(new Uri(server.Urls.Single()), SmokeRuns.PlatformKey, "--timeout", "00:00:04");

        run["alive"].GetProperty("expected").GetString().ShouldBe("an end within 4 s");
        run["register a client"].GetProperty("result").GetString().ShouldBe("NotRun");
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(SocketIOHost.Ct);
        return app;
    }
}
