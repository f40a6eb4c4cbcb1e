using System.CommandLine;
using System.Reflection;
using Caas.Standalone.Backup;
using Caas.Standalone.Hosting;
using Caas.Standalone.Migration;

namespace Caas.Standalone;

/// <summary>The command <c>caas</c>: the three services in one process over the embedded engines.</summary>
public static class StandaloneCommand
{
    private static string ProductVersion =>
        typeof(StandaloneCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>
    /// Executes a command line, and gives the exit code: 0, 2 where the configuration is wrong, or a backup or a
    /// migration cannot be made, or 3 where a migration finds a difference.
    /// </summary>
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("CaaS, Communication as a Service: chat for your product, in one process and one folder.");
        root.Subcommands.Add(Run());
        root.Subcommands.Add(BackupCommands.Backup(ProductVersion));
        root.Subcommands.Add(BackupCommands.Restore());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(Version());

        // Configuration comes through (--Caas:Http:Port 0), and the host reads it; without a command the product runs.
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parse, cancellationToken) => StandaloneHost.Create().RunAsync([.. parse.UnmatchedTokens], cancellationToken));
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
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
