using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <summary>
/// Writes a group of requests in one transaction, together with the committed offsets, and answers after the flush.
/// Where a statement is refused, the requests are tried one by one; where the file fails, the callers of the transaction
/// get an <see cref="IOException"/> and the file is opened anew for the next ones. Used by the writer's thread alone.
/// </summary>
internal sealed class GroupCommit(
    Func<LogFile> open, OffsetLedger offsets, RetentionPolicy retention, LocalLogMetrics metrics, ILogger logger) : IDisposable
{
    private LogFile? _file;
    private volatile bool _hasFailed;

    /// <summary>Whether the file did not take the last transaction that was tried; any thread may ask.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Writes and answers all of them; nothing but the offsets where there are none.</summary>
    public void Write(List<WriteRequest> requests)
    {
        var error = TryWrite(requests);
        if (IsRefusal(error) && requests.Count > 1)
        {
            LogMessages.WriteSplit(logger, requests.Count, error);
            foreach (var request in requests)
            {
                List<WriteRequest> alone = [request];
                Answer(alone, TryWrite(alone));
            }
        }
        else
        {
            Answer(requests, error);
        }
    }

    /// <summary>Drops a few old batches; false where there are none, or where it failed and is tried again later.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Retention comes again; nothing depends on it now.")]
    public bool Retain()
    {
        try
        {
            if (retention.Step(_file ??= open()) is not { } step)
            {
                return false;
            }

            LogMessages.Retained(logger, step.Partition.Topic, step.Partition.Number, step.Batches, step.NewStart);
            return true;
        }
        catch (Exception e)
        {
            LogMessages.RetentionFailed(logger, e);
            Dispose();
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    // The thread must outlive any failure: it is the only one, and callers wait for it.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed, the callers are told and the file is opened anew.")]
    private Exception? TryWrite(List<WriteRequest> requests)
    {
        var taken = offsets.Take();
        if (requests.Count == 0 && taken.Count == 0)
        {
            return null;
        }

        try
        {
            WriteTransaction(requests, taken);
            _hasFailed = false;
            return null;
        }
        catch (Exception e)
        {
            offsets.Return(taken);
            _hasFailed |= !IsRefusal(e);
            Undo(requests, e);
            return e;
        }
    }

    private void WriteTransaction(List<WriteRequest> requests, Dictionary<OffsetKey, long> taken)
    {
        var file = _file ??= open();
        file.Begin();
        foreach (var request in requests)
        {
            request.Write(file);
        }

        foreach (var (key, offset) in taken)
        {
            file.SaveOffset(key, offset);
        }

        var began = Stopwatch.GetTimestamp();
        file.Commit();
        metrics.Flushed(Stopwatch.GetElapsedTime(began), requests.Count);
        foreach (var request in requests)
        {
            request.Publish(file);
        }
    }

    // After a failed flush nobody knows what is in the file, and a second flush may lie about it
    // (https://lwn.net/Articles/752063/): the handle is not used again. Only a statement that SQLite refused by itself
    // leaves a transaction that can be rolled back.
    private void Undo(List<WriteRequest> requests, Exception error)
    {
        if (!IsRefusal(error) || !TryRollback())
        {
            Dispose();
        }

        foreach (var request in requests)
        {
            request.Rewind();
        }
    }

    private bool TryRollback()
    {
        try
        {
            _file?.Rollback();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private void Answer(List<WriteRequest> requests, Exception? error)
    {
        if (error is not null)
        {
            metrics.Failed();
            LogMessages.WriteFailed(logger, requests.Count, error);
        }

        foreach (var request in requests)
        {
            if (error is null)
            {
                request.Complete();
            }
            else
            {
                request.Fail(new IOException("The event stream's file could not be written.", error));
            }
        }
    }

    // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH: this statement, not the file.
    private static bool IsRefusal([NotNullWhen(true)] Exception? error) =>
        error is SqliteException { SqliteErrorCode: 18 or 19 or 20 };
}
