using System.CommandLine;
using Caas.Engines;
using Caas.Engines.Migration;
using Microsoft.Extensions.Options;

namespace Caas.Standalone.Migration;

/// <summary><c>caas migrate</c>: a data folder into the cluster, or into another folder, while the product runs.</summary>
internal static class MigrateCommand
{
    private const int Failed = 2;
    private const int Different = 3;

    // Options are read once; to see them change, the host would watch the working folder.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary><c>caas migrate &lt;folder&gt;</c>, and <c>--undo</c> of one that was made.</summary>
    public static Command Make()
    {
        var folder = new Argument<string>("folder") { Description = "The data folder of the deployment, which may be running." };
        var into = new Option<string?>("--to-folder") { Description = "Another folder, new or empty, in place of the cluster." };
        var undo = new Option<bool>("--undo") { Description = "Take a migration back, as long as nothing was written at the target." };
        var json = new Option<bool>("--json") { Description = "Say each step as a line of JSON." };
        var migrate = new Command(
            "migrate",
            "Move a deployment into the cluster whose settings are given as its services take them: --ConnectionStrings:mongodb ...")
        {
            folder, into, undo, json,
        };
        migrate.TreatUnmatchedTokensAsErrors = false;
        migrate.SetAction((parse, cancellationToken) =>
        {
            var output = new MigrateOutput(parse.InvocationConfiguration, parse.GetValue(json));
            return AnswerAsync(output, () => RunAsync(
                parse.GetRequiredValue(folder), parse.GetValue(into), parse.GetValue(undo), [.. parse.UnmatchedTokens], output, cancellationToken));
        });
        return migrate;
    }

    private static async Task RunAsync(
        string folder, string? into, bool undo, string[] settings, MigrateOutput output, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder([NoReload, .. settings]);
        builder.Logging.ClearProviders();
        builder.AddMoveTarget(into);
        await using var app = builder.Build();
        app.Services.GetService<IStartupValidator>()?.Validate();
        await using var move = app.Services.CreateMove(folder, output.Write);
        await (undo ? move.UndoAsync(cancellationToken) : move.RunAsync(cancellationToken));
        output.End(undo, folder, move.Target);
    }

    private static async Task<int> AnswerAsync(MigrateOutput output, Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (MoveDifferencesException different)
        {
            output.Fail(different.Message, different.Differences);
            return Different;
        }
        catch (Exception failure) when (failure is MoveException or Domain.Errors.StartException or OptionsValidationException)
        {
            output.Fail(failure.Message, []);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            output.Fail("It was stopped. Repeat the command: it goes on where it was.", []);
            return Failed;
        }
    }
}
