using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Caas.Bench.Micro;

/// <summary>The micro-benchmarks, by BenchmarkDotNet; what follows <c>micro</c> is its own command line.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var rest = new Argument<string[]>("arguments") { Description = "Arguments of BenchmarkDotNet, such as --filter *Avro* or --job short." };
        var command = new Command("micro", "Micro-benchmarks of the hot pieces.") { rest };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parse =>
        {
            string[] arguments = [.. parse.GetValue(rest)!, .. parse.UnmatchedTokens];
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly)
                .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, Config());
        });
        return command;
    }

    // In this process: the pieces are internal to the product, whose assemblies this one may look into.
    private static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(JsonExporter.Brief)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "caas-bench-micro"));
}
