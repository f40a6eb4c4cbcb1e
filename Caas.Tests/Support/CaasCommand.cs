using System.Diagnostics;

namespace Caas.Tests.Support;

/// <summary>A command of the product that ends by itself, as a process of its own.</summary>
internal static class CaasCommand
{
    public static Task<CommandAnswer> RunAsync(params string[] arguments) => RunAsync(static _ => { }, arguments);

    /// <summary>The same with more of its environment.</summary>
    public static async Task<CommandAnswer> RunAsync(Action<ProcessStartInfo> prepare, params string[] arguments)
    {
        var start = CaasProcess.StartInfo(arguments);
        prepare(start);
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new CommandAnswer(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}

/// <summary>How a command ended.</summary>
internal sealed record CommandAnswer(int ExitCode, string Output, string Error)
{
    public CommandAnswer ShouldSucceed()
    {
        ExitCode.ShouldBe(0, Error + Output);
        return this;
    }

    /// <summary>Exit code 2 and one line that says why.</summary>
    public void ShouldBeRefused(string why)
    {
        ExitCode.ShouldBe(2, Error + Output);
        Error.ShouldContain(why);
        Error.TrimEnd().Split('\n').Length.ShouldBe(1, Error);
        Output.ShouldBe("");
    }
}
