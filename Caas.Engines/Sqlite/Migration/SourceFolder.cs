using System.Security.Cryptography;
using Caas.Domain.Ids;
using Caas.Engines.Backup;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>
/// The data folder of the deployment that is moved. A product may be running on it: it is read beside it, and told by the
/// mark when to write no more.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class SourceFolder(string path, TimeProvider clock) : IDisposable
{
    private const string SelectSecret = "SELECT value FROM secrets ORDER BY name LIMIT 1";
    private const string SelectClients = "SELECT id FROM clients ORDER BY id";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private FileStream? _lock;

    /// <summary>The folder, as a full path.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    public MoveMark Mark => new(Root);

    /// <summary>The event stream's file.</summary>
    public string Events => Path.Combine(Root, DataFiles.Events);

    /// <summary>Takes the folder for this process; refused where another moves it, or where there is nothing to move.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(PathOf(DatabaseName.Platform)))
        {
            throw new MoveException($"'{Root}' is no data folder: it has no {DataFiles.Platform}.");
        }

        // A product that finds the mark of a move that died holds the lock for a moment.
        var began = clock.GetTimestamp();
        while ((_lock ??= Mark.TryLock()) is null)
        {
            if (clock.GetElapsedTime(began) >= LongestWait)
            {
                throw new MoveException($"The folder '{Root}' is being moved by another process.");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>What tells this deployment from every other: a hash of a secret that it made at its first start.</summary>
    public string ReadIdentity()
    {
        using var connection = Connection.OpenSource(PathOf(DatabaseName.Platform));
        var row = connection.Prepare(SelectSecret);
        return row.Step()
            ? Convert.ToHexStringLower(SHA256.HashData(row.Blob(0)))
            : throw new MoveException($"The folder '{Root}' has no secrets: no product ever started on it.");
    }

    /// <summary>The platform's, and those of the clients that have a file, and a row in the platform's.</summary>
    public IReadOnlyList<DatabaseName> ListDatabases()
    {
        var names = new List<DatabaseName> { DatabaseName.Platform };
        using var connection = Connection.OpenSource(PathOf(DatabaseName.Platform));
        var row = connection.Prepare(SelectClients);
        while (row.Step())
        {
            var name = DatabaseName.Of(new ClientId(row.Id(0)));
            if (File.Exists(PathOf(name)))
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Opens one file; null where it was erased meanwhile, or is being made.</summary>
    /// <exception cref="MoveException">It is of another version of the product.</exception>
    public SourceFile? TryOpen(DatabaseName name)
    {
        var file = PathOf(name);
        Connection? connection = null;
        try
        {
            connection = Connection.OpenSource(file);
            if (name.Client is not null && SourceSchema.IsBeingMade(connection))
            {
                connection.Dispose();
                return null;
            }

            if (!SourceSchema.IsPresent(connection, name))
            {
                connection.Dispose();
                throw new MoveException(
                    $"{file} is of another version of the product: start this version on the folder once, then repeat the command.");
            }

            return new SourceFile(name, connection, clock);
        }
        catch (SqliteFailure) when (name.Client is not null && !File.Exists(file))
        {
            connection?.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Waits until no transaction is open on a file that began before the mark was set: a later one sees it.
    /// </summary>
    public void Pass(DatabaseName name)
    {
        try
        {
            using var connection = Connection.OpenBarrier(PathOf(name));
            connection.Execute("BEGIN IMMEDIATE; ROLLBACK");
        }
        catch (SqliteFailure) when (name.Client is not null && !File.Exists(PathOf(name)))
        {
            // Erased: nothing is written to it any more.
        }
    }

    public void Dispose() => _lock?.Dispose();

    private string PathOf(DatabaseName name) =>
        Path.Combine(Root, name.Client is { } client ? DataFiles.Of(client) : DataFiles.Platform);
}
