using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Doctor;

namespace Caas.Engines.LocalLog.Doctor;

/// <summary>Looks at one file of its own kind, whose schema is made by numbered scripts.</summary>
/// <param name="of">What it holds.</param>
/// <param name="path">Where it is.</param>
/// <param name="scripts">The scripts, as <see cref="NumberedMigrations"/> takes them.</param>
internal sealed class NumberedFileExamination(string of, string path, string scripts) : IExamination
{
    private readonly DatabaseFileExamination _file = new((connection, file) => NumberedMigrations.Read(connection, file, scripts));

    /// <inheritdoc/>
    public string Of => of;

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
