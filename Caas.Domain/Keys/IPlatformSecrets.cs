namespace Caas.Domain.Keys;

/// <summary>The secrets of this deployment, in the platform's database: made once, then the same on every node. Thread-safe.</summary>
public interface IPlatformSecrets
{
    /// <summary>The secret of this name; where there is none yet, the candidate becomes it, durably.</summary>
    ValueTask<ReadOnlyMemory<byte>> GetOrAddAsync(string name, ReadOnlyMemory<byte> candidate, CancellationToken cancellationToken);

    /// <summary>The secret of this name; null where there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>?> FindAsync(string name, CancellationToken cancellationToken);
}
