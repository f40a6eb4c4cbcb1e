namespace Caas.Engines.Doctor;

/// <summary>
/// What <c>caas doctor</c> finds out about one thing that a deployment stands on: an engine's servers or files, the machine.
/// Each engine registers its own beside its ports. It changes nothing that others see, needs no engine to be open, and may
/// run beside a running deployment.
/// </summary>
public interface IExamination
{
    /// <summary>What is examined, as the report names it: <c>mongodb</c>.</summary>
    string Of { get; }

    /// <summary>
    /// The findings, one for each thing looked at, as they come. What cannot be asked is a finding too; an exception says
    /// that nothing more is found out, and keeps what was found before. Who calls sets the time-out.
    /// </summary>
    IAsyncEnumerable<Finding> ExamineAsync(Examination examination, CancellationToken cancellationToken);
}
