using Caas.Domain.Ids;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>The durable notes of which clients' files may have changes for the relay.</summary>
internal interface IPendingLedger
{
    /// <summary>Notes them, durably when it returns.</summary>
    /// <exception cref="IOException">None of them could be noted.</exception>
    void Mark(IReadOnlyList<ClientId> clients);

    /// <summary>Takes the notes back, some time.</summary>
    void Clear(IReadOnlyList<ClientId> clients);
}
