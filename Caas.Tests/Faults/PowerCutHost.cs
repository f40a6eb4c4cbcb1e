using Caas.Engines.Sqlite.Storage;
using Caas.Standalone.Hosting;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Tests.Faults;

/// <summary>
/// The product in a process of its own, as this assembly's one explicit test, so that what runs can be changed inside: a
/// power cut is tried on it with the commits synced, and (the control) with commits that are not.
/// </summary>
public sealed class PowerCutHost
{
    private const string ArgumentsVariable = "CAAS_POWER_CUT_ARGUMENTS";
    private const string UnsyncedVariable = "CAAS_POWER_CUT_UNSYNCED";
    private const char Between = '\n';

    [Fact(Explicit = true)]
    public async Task The_product_runs_until_it_is_stopped()
    {
        var arguments = Environment.GetEnvironmentVariable(ArgumentsVariable)?.Split(Between);
        Assert.SkipWhen(arguments is null, "Only the power cut's tests start this.");
        var isUnsynced = Environment.GetEnvironmentVariable(UnsyncedVariable) == "1";
        var host = StandaloneHost.Create();
        await using var app = host.Build(
            arguments,
            services => services.Configure<SqliteOptions>(options => options.SyncsCommits = !isUnsynced),
            out var settings);
        var key = await host.StartAsync(app, settings, SocketIOHost.Ct);

        // The runner's own line may not be ended.
        await Console.Out.WriteLineAsync();
        host.Greet(Console.Out, app, key);
        await app.WaitForShutdownAsync(SocketIOHost.Ct);
    }

    /// <summary>Starts it under the recorder.</summary>
    internal static Task<CaasProcess> StartAsync(string folder, string recorder, PowerCutJournal journal, bool isUnsynced)
    {
        string[] arguments =
        [
            .. CaasProcess.Arguments(folder),
            .. BackupStory.Arguments,

            // So that logs are copied into their files, and begun again, while it is recorded.
            "--Caas:Sqlite:CheckpointPages", "64",
        ];
        var start = CaasProcess.StartInfo([]);
        start.ArgumentList.Clear();
        string[] command =
        [
            typeof(PowerCutHost).Assembly.Location,
            "-method", $"{typeof(PowerCutHost).FullName}.{nameof(The_product_runs_until_it_is_stopped)}",
            "-explicit", "only",
            "-noColor",
        ];
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ArgumentsVariable] = string.Join(Between, arguments);
        start.Environment[UnsyncedVariable] = isUnsynced ? "1" : "0";
        start.Environment["LD_PRELOAD"] = recorder;
        start.Environment["CAAS_RECORD_ROOT"] = folder;
        start.Environment["CAAS_RECORD_JOURNAL"] = journal.Path;
        return CaasProcess.StartAsync(start);
    }
}
