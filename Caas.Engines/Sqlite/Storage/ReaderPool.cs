using System.Collections.Concurrent;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>The reading connections of one file: opened when they are needed, used one read at a time. Thread-safe.</summary>
/// <param name="path">The file.</param>
/// <param name="most">The most of them.</param>
internal sealed class ReaderPool(string path, int most) : IDisposable
{
    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly SemaphoreSlim _places = new(most, most);
    private volatile bool _isUsed;
    private volatile bool _leavesLog;

    /// <summary>Whether there ever was a connection.</summary>
    public bool IsUsed => _isUsed;

    /// <summary>Waits for a place and gives a connection, which has to be returned.</summary>
    public async ValueTask<Connection> RentAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        if (_idle.TryTake(out var connection))
        {
            return connection;
        }

        try
        {
            _isUsed = true;
            return Connection.OpenReader(path);
        }
        catch (SqliteFailure)
        {
            _places.Release();
            throw;
        }
    }

    /// <summary>Takes a connection back; a broken one is closed.</summary>
    public void Return(Connection connection, bool broken)
    {
        if (broken)
        {
            connection.Dispose();
        }
        else
        {
            _idle.Add(connection);
        }

        _places.Release();
    }

    /// <summary>Closing them will leave the write-ahead log as it is.</summary>
    public void LeaveLog() => _leavesLog = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            if (_leavesLog)
            {
                connection.LeaveLog();
            }

            connection.Dispose();
        }

        _places.Dispose();
    }
}
