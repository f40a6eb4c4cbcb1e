using System.Globalization;
using System.Runtime.CompilerServices;
using Caas.Engines.Backup;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Sqlite.Doctor;

/// <inheritdoc/>
/// <remarks>The platform's file, and each client's.</remarks>
internal sealed class SqliteExamination(IOptions<DataOptions> options, TimeProvider clock) : IExamination
{
    // Of a deployment of thousands of clients; the rest is looked at where everything is.
    private const int LookedAt = 200;

    private readonly DatabaseFileExamination _platform = new(Migrations.Platform.Read);
    private readonly DatabaseFileExamination _client = new(Migrations.Client.Read);

    /// <inheritdoc/>
    public string Of => "documents";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new DataFolder(options.Value.Path, clock);
        if (!File.Exists(folder.PlatformDatabase))
        {
            yield return Finding.Ok(DataFiles.Platform, "not there yet: the first start makes it");
            yield break;
        }

        foreach (var finding in await FindAsync(_platform, folder.PlatformDatabase, examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        var files = DataFiles.ListClients(folder.Root).Order(StringComparer.Ordinal).ToList();
        var looked = examination.IsDeep ? files : files[..Math.Min(files.Count, LookedAt)];
        var whole = 0;
        foreach (var file in looked)
        {
            var path = Path.Combine(folder.Root, file);
            foreach (var finding in await FindAsync(_client, path, examination, cancellationToken).ConfigureAwait(false))
            {
                if (finding.Severity is Severity.Ok)
                {
                    whole++;
                    continue;
                }

                yield return finding;
            }
        }

        yield return Finding.Ok("files of clients", string.Create(CultureInfo.InvariantCulture, $"{whole} of {files.Count} looked at and whole"));
    }

    private static Task<IReadOnlyList<Finding>> FindAsync(
        DatabaseFileExamination file, string path, Examination examination, CancellationToken cancellationToken) =>
        Task.Run(() => file.Find(path, examination, cancellationToken), cancellationToken);
}
