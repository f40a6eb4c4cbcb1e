using Caas.Domain.Errors;
using Caas.Engines.Doctor;

namespace Caas.Standalone.Doctor;

/// <summary>Lets everything be examined, at once; each examination has its own time, and none ends another.</summary>
/// <param name="examination">How.</param>
/// <param name="timeout">How long each may take.</param>
/// <param name="clock">Measures it.</param>
internal sealed class DoctorRun(Examination examination, TimeSpan timeout, TimeProvider clock)
{
    // Of a client's library that knows no cancellation: it is left behind.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Every chapter, in the order of the examinations; the fault of the options first, where there is one.</summary>
    public async Task<DoctorReport> RunAsync(IEnumerable<IExamination> examinations, string? fault, CancellationToken cancellationToken)
    {
        var chapters = await Task.WhenAll(examinations.Select(one => RunAsync(one, cancellationToken)));
        return DoctorReport.Of(fault is null ? chapters : [DoctorChapter.OfFault(fault), .. chapters]);
    }

    private async Task<DoctorChapter> RunAsync(IExamination one, CancellationToken cancellationToken)
    {
        var found = new List<Finding>();
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // A library's first call may block: the others do not wait for it.
            await Task.Run(() => CollectAsync(one, found, either.Token), cancellationToken)
                .WaitAsync(timeout + Grace, clock, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is OperationCanceledException or TimeoutException)
        {
            const string Cure = "See whether it answers at all, or give it more with --timeout.";
            Add(found, Finding.Error("time", "it did not end in time", $"an end within {timeout:c}", Cure));
        }
        catch (StartException failure)
        {
            Add(found, Finding.Error("configuration", failure.Message, "settings that can be used", "Correct the key."));
        }
#pragma warning disable CA1031 // What one engine's client does not tell must not hide what the others do: it is a finding, by its type.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            const string Cure = "See the engine's log; if nothing is wrong with it, tell us.";
            Add(found, Finding.Error("examination", $"ended early ({failure.GetType().Name})", "an end", Cure));
        }

        lock (found)
        {
            return new DoctorChapter(one.Of, [.. found]);
        }
    }

    private async Task CollectAsync(IExamination one, List<Finding> found, CancellationToken cancellationToken)
    {
        await foreach (var finding in one.ExamineAsync(examination, cancellationToken).WithCancellation(cancellationToken))
        {
            Add(found, finding);
        }
    }

    private static void Add(List<Finding> found, Finding finding)
    {
        lock (found)
        {
            found.Add(finding);
        }
    }
}
