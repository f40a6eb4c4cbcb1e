using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace Caas.Standalone.Smoke;

/// <summary>Runs the steps one after another; each has a time-out of its own, and one that fails ends only what needs it.</summary>
/// <param name="scene">What the steps share.</param>
/// <param name="timeout">How long one step may take.</param>
internal sealed class SmokeRun(SmokeScene scene, TimeSpan timeout)
{
    private readonly Dictionary<string, SmokeResult> _results = new(StringComparer.Ordinal);

    /// <summary>Every step, in order. Cancelling skips to what takes away what was made.</summary>
    public async Task<IReadOnlyList<SmokeOutcome>> RunAsync(IEnumerable<SmokeStep> steps, CancellationToken cancellationToken)
    {
        var outcomes = new List<SmokeOutcome>();
        foreach (var step in steps)
        {
            var outcome = Hindrance(step, cancellationToken) ?? await RunAsync(step, step.Cleans ? CancellationToken.None : cancellationToken);
            _results[step.Name] = outcome.Result;
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private SmokeOutcome? Hindrance(SmokeStep step, CancellationToken cancellationToken)
    {
        if (step.IsOperators && scene.PlatformKey is null)
        {
            return NotRun(step, SmokeResult.Skipped, $"needs the platform key ({SmokeCommand.PlatformKeyName})");
        }

        if (step.Needs.FirstOrDefault(name => _results.GetValueOrDefault(name, SmokeResult.Passed) != SmokeResult.Passed) is { } missing)
        {
            return NotRun(step, SmokeResult.NotRun, $"needs: {missing}");
        }

        return cancellationToken.IsCancellationRequested && !step.Cleans ? NotRun(step, SmokeResult.NotRun, "cancelled") : null;
    }

    private async Task<SmokeOutcome> RunAsync(SmokeStep step, CancellationToken cancellationToken)
    {
        var began = scene.Clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, scene.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var (expected, found) = await TryAsync(step, either.Token);
        return new SmokeOutcome(
            step.Flow,
            step.Name,
            expected is null ? SmokeResult.Passed : SmokeResult.Failed,
            scene.Clock.GetElapsedTime(began).TotalMilliseconds,
            expected,
            found);
    }

    private async Task<(string? Expected, string Found)> TryAsync(SmokeStep step, CancellationToken cancellationToken)
    {
        try
        {
            return (null, await step.RunAsync(scene, cancellationToken));
        }
        catch (SmokeFailureException failure)
        {
            return (failure.Expected, failure.Found);
        }
        catch (OperationCanceledException)
        {
            return (string.Create(CultureInfo.InvariantCulture, $"an end within {timeout.TotalSeconds} s"), "none");
        }
        catch (HttpRequestException failure)
        {
            return ("an answer", failure.HttpRequestError.ToString());
        }
        catch (WebSocketException failure)
        {
            return ("a WebSocket", failure.WebSocketErrorCode.ToString());
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return ("an answer that can be read", failure.GetType().Name);
        }
    }

    private static SmokeOutcome NotRun(SmokeStep step, SmokeResult result, string why) =>
        new(step.Flow, step.Name, result, Milliseconds: 0, Expected: null, why);
}
