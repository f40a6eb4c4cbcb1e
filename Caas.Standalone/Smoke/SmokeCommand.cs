using System.CommandLine;
using System.CommandLine.Parsing;

namespace Caas.Standalone.Smoke;

/// <summary>
/// <c>caas smoke &lt;url&gt;</c>: what a deployment must do, done once from outside, with nothing but HTTP and a socket.
/// </summary>
internal static class SmokeCommand
{
    /// <summary>The key of the platform key, as the product has it.</summary>
    public const string PlatformKeyName = "Caas:Platform:Key";

    private const int SomethingFailed = 1;
    private const int CannotBeTried = 2;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var url = new Argument<Uri>("url")
        {
            Description = "The address of the API, such as http://localhost:3000.",
            CustomParser = ReadUrl,
        };
        var key = new Option<string?>($"--{PlatformKeyName}")
        {
            Description = "The platform key, for what only the operator may; left out, what the configuration says. "
                + "Rather in the environment (Caas__Platform__Key): others can read a command line.",
        };
        var timeout = new Option<TimeSpan>("--timeout")
        {
            Description = "How long one step may take, 00:00:01 to 00:10:00.",
            DefaultValueFactory = static _ => TimeSpan.FromSeconds(15),
        };
        timeout.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<TimeSpan>() is var given && (given < Shortest || given > Longest))
            {
                result.AddError("--timeout: must be between 00:00:01 and 00:10:00.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of the table." };
        var smoke = new Command("smoke", "Try a running deployment from outside: register, send, receive, process, clean up.")
        {
            url, key, timeout, json,
        };
        smoke.SetAction(async (parse, cancellationToken) =>
        {
            // Left empty is left out, as everywhere in the configuration.
            var platformKey = parse.GetValue(key) ?? ConfiguredKey();
            if (platformKey?.All(static character => character is > ' ' and <= '~') == false)
            {
                await parse.InvocationConfiguration.Error.WriteLineAsync(
                    $"{PlatformKeyName}: is no key: it has a space, an end of line or another character that no key has.");
                return CannotBeTried;
            }

            await using var scene = new SmokeScene(
                new SmokeHttp(parse.GetRequiredValue(url)), string.IsNullOrEmpty(platformKey) ? null : platformKey, TimeProvider.System);
            using var http = scene.Http;
            return await RunAsync(scene, parse.GetValue(timeout), parse.GetValue(json), parse.InvocationConfiguration, cancellationToken);
        });
        return smoke;
    }

    private static async Task<int> RunAsync(
        SmokeScene scene, TimeSpan timeout, bool asJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        SmokeAnswer health;
        try
        {
            health = await AskAsync(scene, timeout, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            var why = failure is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "no answer in time";
            await console.Error.WriteLineAsync($"{scene.Http.Url}: cannot be reached: {why}.");
            return CannotBeTried;
        }

        var outcomes = await new SmokeRun(scene, timeout).RunAsync(
            [.. DeploymentSteps.Of(health), .. RegistrationSteps.All, .. SendingSteps.All, .. ProcessingSteps.All, .. CleaningSteps.All],
            cancellationToken);
        var report = SmokeReport.Of(scene.Http.Url, outcomes);
        await console.Output.WriteLineAsync(asJson ? report.ToJson() : string.Join(Environment.NewLine, report.ToLines()));
        return report.Passed ? 0 : SomethingFailed;
    }

    private static async Task<SmokeAnswer> AskAsync(SmokeScene scene, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, scene.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        return await scene.Http.GetAsync("/health", credential: null, either.Token);
    }

    private static Uri? ReadUrl(ArgumentResult result)
    {
        if (result.Tokens is [var token]
            && Uri.TryCreate(token.Value, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 })
        {
            return url;
        }

        result.AddError("url: must be an http or https address without credentials, such as http://localhost:3000.");
        return null;
    }

    // The same sources as the server's: appsettings.json and the environment.
    private static string? ConfiguredKey() => WebApplication.CreateSlimBuilder().Configuration[PlatformKeyName];
}
