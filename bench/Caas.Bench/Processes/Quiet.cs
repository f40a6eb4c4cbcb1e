using System.Diagnostics;

namespace Caas.Bench.Processes;

/// <summary>
/// Waits until a server has done what it owes in the background (relay, delivery): until it uses less than a tenth of a
/// core. One that never rests is waited for a minute.
/// </summary>
internal static class Quiet
{
    private const double BusyShare = 0.1;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task WaitAsync(IMeasuredServer server, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Window, TimeProvider.System);
        var cpu = server.Cpu.Now;
        while (Stopwatch.GetElapsedTime(started) < Patience && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = server.Cpu.Now;
            if ((now - cpu) / Window < BusyShare)
            {
                return;
            }

            cpu = now;
        }
    }
}
