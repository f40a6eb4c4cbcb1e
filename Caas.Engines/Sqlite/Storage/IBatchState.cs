namespace Caas.Engines.Sqlite.Storage;

/// <summary>What a feature keeps in memory beside a file, in step with its transactions. Owned by the writer thread.</summary>
internal interface IBatchState
{
    /// <summary>Writes what was held back, as the last part of the transaction.</summary>
    void BeforeCommit();

    /// <summary>What was read and written is now durable.</summary>
    void Committed();

    /// <summary>What was read or written since the last commit is worth nothing.</summary>
    void RolledBack();
}
