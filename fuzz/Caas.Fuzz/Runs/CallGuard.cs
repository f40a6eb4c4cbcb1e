using System.Globalization;

namespace Caas.Fuzz.Runs;

/// <summary>Calls a target and watches what the call takes: no exception, at most so much time, at most so many bytes.</summary>
internal sealed class CallGuard(IFuzzTarget target, FuzzLimits limits, TimeProvider clock)
{
    // The first call of a kind compiles and initializes, and any call may meet a collection or a busy machine: only what
    // is over a limit every time is a finding.
    private const int Tries = 3;

    /// <summary>What the input broke; null where nothing.</summary>
    public FuzzFailure? Call(byte[] input, out int verdict)
    {
        string? fault = null;
        verdict = -1;
        for (var tries = 0; tries < Tries; tries++)
        {
            try
            {
                fault = CallOnce(input, out verdict);
            }
#pragma warning disable CA1031 // Whatever comes out of a parser is what is looked for.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                return new FuzzFailure(failure.ToString(), input);
            }

            if (fault is null)
            {
                return null;
            }
        }

        return new FuzzFailure(fault!, input);
    }

    private string? CallOnce(byte[] input, out int verdict)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = clock.GetTimestamp();
        verdict = target.Run(input);
        var elapsed = clock.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var bound = target.Bound.For(input.Length);

        // Bytes first: they are the same on any machine, and clearing too many of them is what takes long.
        return allocated > bound ? string.Create(CultureInfo.InvariantCulture, $"The call allocated {allocated:N0} bytes; it may {bound:N0}.")
            : elapsed > limits.Slow ? string.Create(CultureInfo.InvariantCulture, $"The call took {elapsed.TotalSeconds:F1} s.")
            : null;
    }
}
