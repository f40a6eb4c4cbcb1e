using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// Whether writes may be: not while <see cref="MoveMark"/> stands. Asked inside each transaction, after it has the file's
/// write lock. So whoever sets the mark and then had the lock of a file once knows that nothing is written to it any more.
/// Thread-safe.
/// </summary>
/// <param name="mark">The folder's mark.</param>
/// <param name="clock">Times the looks at a mark that stands.</param>
internal sealed class WriteGate(MoveMark mark, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly Lock _looking = new();

    // Guarded by _looking: when it was last seen whether the process of the mark lives.
    private long? _looked;

    /// <summary>Why nothing may be written; null where it may.</summary>
    public Error? Refuse()
    {
        if (!mark.IsSet)
        {
            return null;
        }

        lock (_looking)
        {
            if (_looked is { } last && clock.GetElapsedTime(last) < BetweenLooks)
            {
                return StorageErrors.Moving;
            }

            _looked = clock.GetTimestamp();
            return mark.TryTakeBack() ? null : StorageErrors.Moving;
        }
    }
}
