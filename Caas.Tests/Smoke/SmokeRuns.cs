using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Smoke;

/// <summary>Runs <c>caas smoke</c> as its operator does: a process of its own, the platform key in its environment.</summary>
internal static class SmokeRuns
{
    public const string PlatformKey = "caas_platform_key_of_the_smoke_tests";

    // A machine that is busy with other tests is slow, not broken.
    private static string[] Patient => ["--timeout", "00:01:00"];

    public static Task<SmokeRunAnswer> RunAsync(Uri url) => RunAsync(url, PlatformKey);

    public static async Task<SmokeRunAnswer> RunAsync(Uri url, string? platformKey, params string[] arguments)
    {
        var answer = await CaasCommand.RunAsync(
            start =>
            {
                if (platformKey is not null)
                {
                    start.Environment["Caas__Platform__Key"] = platformKey;
                }
            },
            ["smoke", url.AbsoluteUri, "--json", .. arguments.Length > 0 ? arguments : Patient]);
        return new SmokeRunAnswer(answer);
    }
}

/// <summary>What a run printed.</summary>
internal sealed record SmokeRunAnswer(CommandAnswer Answer)
{
    public JsonElement Report { get; } = Answer.Output.StartsWith('{') ? JsonElement.Parse(Answer.Output) : default;

    /// <summary>The steps that ended so, by name.</summary>
    public IReadOnlyList<string> Ended(string result) =>
    [
        .. Report.GetProperty("steps").EnumerateArray()
            .Where(step => step.GetProperty("result").GetString() == result)
            .Select(step => step.GetProperty("name").GetString()!),
    ];

    /// <summary>The step of this name.</summary>
    public JsonElement this[string name] =>
        Report.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == name);

    public void ShouldPass()
    {
        Answer.ExitCode.ShouldBe(0, Answer.Error + Answer.Output);
        Ended("Failed").ShouldBeEmpty(Answer.Output);
        Ended("NotRun").ShouldBeEmpty(Answer.Output);
        Report.GetProperty("passed").GetBoolean().ShouldBeTrue();
    }
}
