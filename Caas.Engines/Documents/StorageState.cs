namespace Caas.Engines.Documents;

/// <summary>Whether the last write of any file could be stored; for <c>/health</c>. Thread-safe.</summary>
internal sealed class StorageState
{
    private volatile Exception? _failure;

    /// <summary>Why the last write failed; null where it did not.</summary>
    public Exception? Failure => _failure;

    public void Failed(Exception failure) => _failure = failure;

    public void Succeeded()
    {
        // Written only where it changes something: the field is on every batch's path.
        if (_failure is not null)
        {
            _failure = null;
        }
    }
}
