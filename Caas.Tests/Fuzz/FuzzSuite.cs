using System.Security.Cryptography;
using Caas.Fuzz;
using Caas.Fuzz.Runs;
using Caas.Tests.Support;

namespace Caas.Tests.Fuzz;

/// <summary>
/// A target over its kept corpus, and then over mutations of it: for two seconds, or as many as <c>CAAS_FUZZ_SECONDS</c>
/// says. The seed is in the output; <c>CAAS_FUZZ_SEED</c> makes the same mutations again.
/// </summary>
/// <param name="name">The target.</param>
/// <param name="output">Where a run says how far it came.</param>
public abstract class FuzzSuite(string name, ITestOutputHelper output)
{
    private const int ShortSeconds = 2;

    [Fact]
    public void No_kept_input_breaks_it()
    {
        var guard = new CallGuard(FuzzTargets.Create(name), new FuzzLimits(), TimeProvider.System);
        var folder = Corpus.FolderOf(name);

        Directory.GetFiles(folder).Length.ShouldBeGreaterThan(10);
        foreach (var file in Directory.GetFiles(folder))
        {
            var failure = guard.Call(File.ReadAllBytes(file), out _);
            failure.ShouldBeNull($"{Path.GetFileName(file)}: {failure}");
        }
    }

    [Fact]
    public async Task No_mutated_input_breaks_it()
    {
        var seconds = FaultSize.Of("CAAS_FUZZ_SECONDS", ShortSeconds);
        var seed = Environment.GetEnvironmentVariable("CAAS_FUZZ_SEED") is { } given
            ? uint.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));

        // Before the run: what ends the process leaves no report.
        output.WriteLine($"{name}: seed {seed}");
        var corpus = Corpus.Read(Corpus.FolderOf(name));
        var loop = new FuzzLoop(FuzzTargets.Create(name), corpus, new FuzzLimits(), TimeProvider.System);
        var report = await loop.RunAsync(seed, TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);

        output.WriteLine(report.ToString());
        report.Failure.ShouldBeNull(report.ToString());
        report.Executions.ShouldBeGreaterThan(corpus.Count);
    }
}
