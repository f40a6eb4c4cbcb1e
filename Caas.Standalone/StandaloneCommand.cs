using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Caas.Standalone.Backup;
using Caas.Standalone.Doctor;
using Caas.Standalone.Hosting;
using Caas.Standalone.Migration;
using Caas.Standalone.Smoke;

namespace Caas.Standalone;

/// <summary>The command <c>caas</c>: the three services in one process over the embedded engines.</summary>
public static class StandaloneCommand
{
    private const int WrongUsage = 2;

    private static string ProductVersion =>
        typeof(StandaloneCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>
    /// Executes a command line, and gives the exit code: 0; 1 where a command that looks at a deployment found something
    /// wrong; 2 where the command line or the configuration is wrong, or a command cannot do what it is for; 3 where a
    /// migration finds a difference.
    /// </summary>
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("CaaS, Communication as a Service: chat for your product, in one process and one folder.");
        root.Subcommands.Add(Run());
        root.Subcommands.Add(BackupCommands.Backup(ProductVersion));
        root.Subcommands.Add(BackupCommands.Restore());
        root.Subcommands.Add(MigrateCommand.Make());
        root.Subcommands.Add(SmokeCommand.Make());
        root.Subcommands.Add(DoctorCommand.Make());
        root.Subcommands.Add(Version());

        // Configuration comes through (--Caas:Http:Port 0), and the host reads it; without a command the product runs.
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parse, cancellationToken) => StandaloneHost.Create().RunAsync([.. parse.UnmatchedTokens], cancellationToken));
        var parsed = root.Parse(args);
        return Faults(parsed).ToList() is { Count: > 0 } faults
            ? RefuseAsync(faults)
            : parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    // The root takes what it does not know, which the library then lets every command do. Of an option that is not known
    // only the name is told: its value may be a secret.
    private static IEnumerable<string> Faults(ParseResult parsed) => parsed.Action is ParseErrorAction
        ? parsed.Errors.Select(static error => error.Message)
        : parsed.CommandResult.Command is { TreatUnmatchedTokensAsErrors: true } and not RootCommand
            ? parsed.UnmatchedTokens.Select(static token => $"{token.Split('=')[0]}: is not known here; a value is written behind a space.")
            : [];

    // A line for each, where the library would print the help and end with 1, which some commands use for what they found.
    private static async Task<int> RefuseAsync(IEnumerable<string> faults)
    {
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync(fault.ReplaceLineEndings(" "));
        }

        return WrongUsage;
    }

    private static Command Run()
    {
        var run = new Command("run", "Run the product until it is stopped. Configuration: --Caas:Section:Key value.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        run.SetAction((parse, cancellationToken) => StandaloneHost.Create().RunAsync([.. parse.UnmatchedTokens], cancellationToken));
        return run;
    }

    private static Command Version()
    {
        var version = new Command("version", "Print the version.");
        version.SetAction(parse => parse.InvocationConfiguration.Output.WriteLine(ProductVersion));
        return version;
    }
}
