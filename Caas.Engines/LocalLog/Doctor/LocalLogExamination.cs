using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Doctor;

namespace Caas.Engines.LocalLog.Doctor;

/// <inheritdoc/>
/// <param name="path">The file of the event stream.</param>
internal sealed class LocalLogExamination(string path) : IExamination
{
    private readonly DatabaseFileExamination _file = new(static (connection, path) => NumberedMigrations.Read(connection, path, LogFile.Scripts));

    /// <inheritdoc/>
    public string Of => "event stream";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var finding in await Task.Run(() => _file.Find(path, examination, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }
    }
}
