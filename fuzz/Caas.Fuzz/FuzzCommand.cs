using System.CommandLine;
using System.Security.Cryptography;
using Caas.Fuzz.Runs;
using SharpFuzz;

namespace Caas.Fuzz;

/// <summary>
/// The command line: one input on standard input, which is what afl-fuzz starts; the mutation loop; the list of targets.
/// Ends with 1 where something was found.
/// </summary>
internal static class FuzzCommand
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    public static RootCommand Create()
    {
        var name = new Argument<string>("target") { Description = "Which parser; see list." };
        name.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
        var seconds = new Option<int>("--seconds") { Description = "How long to mutate the corpus; without it one input is read from standard input." };
        var seed = new Option<uint?>("--seed") { Description = "What the mutations are made from; one seed makes the same ones." };
        var corpus = new Option<string?>("--corpus") { Description = "The folder of inputs to begin with; fuzz/corpus/<target> where it is left out." };
        var root = new RootCommand("Feeds the parsers of CaaS with bytes that nobody meant.") { name, seconds, seed, corpus };
        root.Subcommands.Add(List());
        root.SetAction((parse, cancellationToken) =>
        {
            var target = parse.GetValue(name)!;
            return parse.GetValue(seconds) is > 0 and var length
                ? MutateAsync(target, parse.GetValue(corpus), parse.GetValue(seed), TimeSpan.FromSeconds(length), cancellationToken)
                : Task.FromResult(RunOne(target));
        });
        return root;
    }

    private static Command List()
    {
        var command = new Command("list", "Says which targets there are.");
        command.SetAction(_ =>
        {
            foreach (var target in FuzzTargets.All())
            {
                Console.WriteLine($"{target.Name,-18} {target.Reads}");
            }
        });
        return command;
    }

    private static async Task<int> MutateAsync(
        string name, string? corpus, uint? seed, TimeSpan length, CancellationToken cancellationToken)
    {
        var inputs = Corpus.Read(corpus ?? Corpus.FolderOf(name));
        var used = seed ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        Console.WriteLine($"{name}: {inputs.Count} inputs, seed {used}");
        var loop = new FuzzLoop(FuzzTargets.Create(name), inputs, new FuzzLimits(), Clock);
        var report = await loop.RunAsync(used, length, cancellationToken);
        Console.WriteLine(report);
        return report.Failure is null ? 0 : 1;
    }

    // An unhandled exception is what afl-fuzz counts as a crash, so nothing is caught here.
    private static int RunOne(string name)
    {
        CallGuard? guard = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            guard ??= new CallGuard(FuzzTargets.Create(name), new FuzzLimits(), Clock);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            if (guard.Call(bytes.ToArray(), out var verdict) is { } failure)
            {
                throw new OracleException(failure.ToString());
            }

            Console.WriteLine($"{name}: nothing found, verdict {verdict}");
        });
        return 0;
    }
}
