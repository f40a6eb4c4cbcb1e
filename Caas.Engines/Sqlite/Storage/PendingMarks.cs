using Caas.Domain.Ids;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// Which clients' files may have changes for the relay, as the platform's database durably says for the files of one
/// writer thread, which alone uses it. Each note is a commit of another file, so they are made for a whole batch of
/// writes at once, and taken back for many files at once.
/// </summary>
/// <param name="ledger">Where the notes are.</param>
internal sealed class PendingMarks(IPendingLedger ledger)
{
    // After a crash each of them is a file that is opened for nothing.
    private const int MostIdle = 64;

    private readonly HashSet<ClientId> _marked = [];
    private readonly HashSet<ClientId> _missing = [];

    // Marked, closed, and nothing left in them.
    private readonly HashSet<ClientId> _idle = [];

    /// <summary>This file will be written.</summary>
    public void Expect(ClientId client)
    {
        if (!_marked.Contains(client))
        {
            _missing.Add(client);
        }
        else if (_idle.Count > 0)
        {
            _idle.Remove(client);
        }
    }

    /// <summary>Notes the expected ones. Durable when it returns.</summary>
    /// <exception cref="IOException">None of them could be noted; they are no longer expected.</exception>
    public void MarkExpected()
    {
        if (_missing.Count > 0)
        {
            ClientId[] missing = [.. _missing];
            _missing.Clear();
            ledger.Mark(missing);
            _marked.UnionWith(missing);
        }
    }

    /// <summary>A file was closed with nothing left to relay, or removed.</summary>
    public void Release(ClientId client)
    {
        if (_marked.Contains(client) && _idle.Add(client) && _idle.Count >= MostIdle)
        {
            ClearIdle();
        }
    }

    /// <summary>Takes back every note that is not needed.</summary>
    public void ClearIdle()
    {
        if (_idle.Count == 0)
        {
            return;
        }

        ClientId[] idle = [.. _idle];
        _idle.Clear();
        _marked.ExceptWith(idle);
        ledger.Clear(idle);
    }
}
