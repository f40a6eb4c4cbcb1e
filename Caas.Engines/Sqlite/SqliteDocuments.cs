using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.Sqlite;

/// <summary>The life of the SQLite engine: opened by the host before it serves, asked by <c>/health</c>, closed with the provider.</summary>
public sealed class SqliteDocuments : IEngineStart, IHealthCheck
{
    private readonly DatabaseSet _databases;

    internal SqliteDocuments(DatabaseSet databases) => _databases = databases;

    /// <summary>
    /// Takes the data folder, brings the platform's file up to date and finds what a crash left to relay. Repeating it
    /// does nothing.
    /// </summary>
    /// <exception cref="DataFolderException">The folder is in use or cannot be used.</exception>
    /// <exception cref="MigrationException">The file is of another version.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => _databases.OpenAsync(cancellationToken);

    /// <summary>
    /// Healthy while the last write could be stored and the platform's file can be read. After a failed write it tries one,
    /// so that it is healthy again once there is space, also where nobody writes.
    /// </summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_databases.State.Failure is not null)
            {
                await _databases.TryWriteAsync(cancellationToken);
            }

            await _databases.TryReadAsync(cancellationToken);
        }
        catch (StorageException failure)
        {
            return HealthCheckResult.Unhealthy("The documents cannot be read.", failure);
        }

        return _databases.State.Failure is { } broken
            ? HealthCheckResult.Unhealthy("The documents cannot be written.", broken)
            : HealthCheckResult.Healthy();
    }
}
