namespace Caas.Standalone.Smoke;

/// <summary>One thing that a deployment must do.</summary>
/// <param name="Flow">Which part of the whole it belongs to.</param>
/// <param name="Name">Its name in the table; unique.</param>
/// <param name="RunAsync">Does it and gives a word on what it found, or fails.</param>
/// <param name="Needs">The steps without which it makes no sense.</param>
internal sealed record SmokeStep(
    string Flow, string Name, Func<SmokeScene, CancellationToken, Task<string>> RunAsync, params IReadOnlyList<string> Needs)
{
    /// <summary>Whether it asks what only the operator may: it is skipped where the platform key is not known.</summary>
    public bool IsOperators { get; init; }

    /// <summary>Whether it is run although the run is being cancelled: it takes away what the run made.</summary>
    public bool Cleans { get; init; }
}

/// <summary>How a step ended.</summary>
internal enum SmokeResult
{
    /// <summary>As expected.</summary>
    Passed,

    /// <summary>Not as expected, or not in time.</summary>
    Failed,

    /// <summary>Not run, since a step failed that it needs.</summary>
    NotRun,

    /// <summary>Not run, since the platform key was not given.</summary>
    Skipped,
}

/// <summary>What is told of a step.</summary>
/// <param name="Flow">Its flow.</param>
/// <param name="Name">Its name.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Milliseconds">How long it took; 0 where it was not run.</param>
/// <param name="Expected">What was expected, where it failed.</param>
/// <param name="Found">What was found.</param>
internal sealed record SmokeOutcome(
    string Flow, string Name, SmokeResult Result, double Milliseconds, string? Expected, string Found);
