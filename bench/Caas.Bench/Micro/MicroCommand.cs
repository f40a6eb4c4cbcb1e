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

/// <summary>The micro-benchmarks, by BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    // Bounded: a benchmark that flushes to a disk never becomes as steady as BenchmarkDotNet would like.
    private static readonly Job Whole = Job.Default.WithWarmupCount(5).WithIterationCount(15);

    public static Command Create()
    {
        var brief = new Option<bool>("--short") { Description = "Three iterations of each, to see that it works." };
        var filter = new Option<string>("--filter") { DefaultValueFactory = _ => "*", Description = "Which, such as *Avro*." };
        var command = new Command("micro", "Micro-benchmarks of the hot pieces.") { brief, filter };
        command.SetAction(parse =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly)
                .Run(["--filter", parse.GetValue(filter)!], Config(parse.GetValue(brief) ? Job.ShortRun : Whole));
        });
        return command;
    }

    // In this process: the pieces are internal to the product, whose assemblies this one may look into.
    private static ManualConfig Config(Job job) => ManualConfig.CreateEmpty()
        .AddJob(job.WithToolchain(InProcessNoEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(JsonExporter.Brief)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "caas-bench-micro"));
}
