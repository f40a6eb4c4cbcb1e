using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Caas.Engines.LocalLog;
using Caas.Engines.Sqlite.Doctor;

namespace Caas.Engines.LocalRegistry.Doctor;

/// <inheritdoc/>
/// <param name="path">The file of the schemas.</param>
internal sealed class LocalRegistryExamination(string path) : IExamination
{
    private readonly DatabaseFileExamination _file = new(static (connection, path) => NumberedMigrations.Read(connection, path, SchemaFile.Scripts));

    /// <inheritdoc/>
    public string Of => "schemas";

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
