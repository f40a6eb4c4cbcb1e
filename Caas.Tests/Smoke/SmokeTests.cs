using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Smoke;

/// <summary><c>caas smoke</c> against the embedded host.</summary>
public sealed class SmokeTests(SmokedProcess shared) : IClassFixture<SmokedProcess>
{
    [Fact]
    public async Task A_whole_deployment_passes_every_step_and_nothing_is_left_of_the_run()
    {
        var caas = await shared.StartAsync();

        var run = await SmokeRuns.RunAsync(caas.Url);

        run.ShouldPass();
        run.Ended("Skipped").ShouldBeEmpty();
        run.Ended("Passed").Count.ShouldBeGreaterThan(40);
        var left = await new ApiClient(caas.Url, SmokeRuns.PlatformKey).GetAsync("/api/platform/clients");
        left.ShouldBe(HttpStatusCode.OK)["items"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Without_the_platform_key_what_only_the_operator_may_is_skipped_and_told()
    {
        var caas = await shared.StartAsync();

        var run = await SmokeRuns.RunAsync(caas.Url, platformKey: null);

        run.ShouldPass();
        run.Ended("Skipped").ShouldBe(["consumers arrive", "topics", "no dead letters of this run"]);
        run["topics"].GetProperty("found").GetString().ShouldBe("needs the platform key (Caas:Platform:Key)");
    }

    [Fact]
    public async Task The_table_has_a_line_for_each_step_and_no_secret()
    {
        var caas = await shared.StartAsync();

        var answer = await CaasCommand.RunAsync("smoke", caas.Url.AbsoluteUri, "--Caas:Platform:Key", SmokeRuns.PlatformKey);

        answer.ShouldSucceed();
        var lines = answer.Output.TrimEnd().Split('\n');
        lines.ShouldContain(line => line.Contains("passed   register a client ", StringComparison.Ordinal));
        lines[^1].ShouldEndWith(" passed");
        foreach (var secret in new[] { SmokeRuns.PlatformKey, "caas_live_", "eyJ", "refresh_" })
        {
            answer.Output.ShouldNotContain(secret);
        }
    }

    [Theory]
    [InlineData("url: must be an http or https address", "smoke", "localhost:3000")]
    [InlineData("url: must be an http or https address", "smoke", "http://ann:secret@localhost:3000")]
    [InlineData("--timeout: must be between 00:00:01 and 00:10:00.", "smoke", "http://localhost:3000", "--timeout", "00:00:00")]
    [InlineData("--Caas:Platform:Key: is not known here", "smoke", "http://localhost:3000", "--Caas:Platform:Key=hunter2")]
    [InlineData("--jsn: is not known here", "smoke", "http://localhost:3000", "--jsn")]
    public async Task A_wrong_use_is_refused_with_one_line(string why, params string[] arguments) =>
        (await CaasCommand.RunAsync(arguments)).ShouldBeRefused(why);
}

/// <summary>One host that knows the platform key, and registers nobody without it but in Development.</summary>
public sealed class SmokedProcess() : SharedProcess(["--Caas:Platform:Key", SmokeRuns.PlatformKey]);
