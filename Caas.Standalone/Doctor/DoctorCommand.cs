using System.CommandLine;
using Caas.Domain.Errors;
using Caas.Engines.Doctor;
using Caas.ServiceDefaults.Certificates;

namespace Caas.Standalone.Doctor;

/// <summary><c>caas doctor</c>: what a deployment stands on, each finding with its cure.</summary>
internal static class DoctorCommand
{
    private const int SomethingIsWrong = 1;
    private const int WrongUsage = 2;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var cluster = new Option<bool>("--cluster")
        {
            Description = "Read the configuration as a service of its own: engines that it does not name are the cluster's.",
        };
        var single = new Option<bool>("--single")
        {
            Description = "One member of each engine is meant: what that costs is a warning.",
        };
        var deep = new Option<bool>("--deep")
        {
            Description = "Look at every page of every file and at every database, with a day's time.",
        };
        var backup = new Option<string?>("--backup")
        {
            Description = "The folder of the last backup, or the one that holds the backups.",
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "How long each engine may take; left out, 00:00:30, or a day with --deep.",
        };
        timeout.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<TimeSpan?>() is { } given && (given < Shortest || given > Longest))
            {
                result.AddError("--timeout: must be between 00:00:01 and 1.00:00:00.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of the table." };
        const string What = "Look at what a deployment stands on: engines, files, settings, clocks, certificates."
            + " Configuration: --Caas:Section:Key value.";
        var doctor = new Command("doctor", What)
        {
            cluster, single, deep, backup, timeout, json,
        };
        doctor.TreatUnmatchedTokensAsErrors = false;
        doctor.SetAction(async (parse, cancellationToken) =>
        {
            if (parse.UnmatchedTokens.FirstOrDefault(IsStray) is { } stray)
            {
                await parse.InvocationConfiguration.Error.WriteLineAsync(
                    $"{stray.Split('=')[0]}: is no option and no key of the configuration.");
                return WrongUsage;
            }

            var isDeep = parse.GetValue(deep);
            var report = await ReportAsync(
                [.. parse.UnmatchedTokens],
                parse.GetValue(cluster),
                new DoctorRun(
                    new Examination(ServedCertificate.ReadEndAsync, parse.GetValue(single), isDeep, parse.GetValue(backup)),
                    parse.GetValue(timeout) ?? (isDeep ? Longest : Usual),
                    TimeProvider.System),
                cancellationToken);
            await parse.InvocationConfiguration.Output.WriteLineAsync(
                parse.GetValue(json) ? report.ToJson() : string.Join(Environment.NewLine, report.ToLines()));
            return report.Passed ? 0 : SomethingIsWrong;
        });
        return doctor;
    }

    private static async Task<DoctorReport> ReportAsync(
        string[] configuration, bool isShared, DoctorRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await DoctorHost.Create(isShared).InspectAsync(
                configuration, (services, fault) => run.RunAsync(services.GetServices<IExamination>(), fault, cancellationToken));
        }
        catch (StartException wrong)
        {
            return DoctorReport.Of([DoctorChapter.OfFault(wrong.Message)]);
        }
    }

    // A key has its section before it; its value stands alone, or behind an equals sign.
    private static bool IsStray(string token) =>
        token.StartsWith("--", StringComparison.Ordinal) && !token.Split('=')[0].Contains(':', StringComparison.Ordinal);
}
