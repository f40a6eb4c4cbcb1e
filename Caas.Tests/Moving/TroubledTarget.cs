using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Migration;

namespace Caas.Tests.Moving;

/// <summary>A target before whose every call something happens: the death of the move, or a write at the source.</summary>
internal sealed class TroubledTarget(IMoveTarget inner, Func<int, Task> before) : IMoveTarget
{
    private int _calls;

    public int Calls => _calls;

    public string Name => inner.Name;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.OpenAsync(cancellationToken);
    }

    public async Task<MoveState?> ReadStateAsync(CancellationToken cancellationToken)
    {
        await TroubleAsync();
        return await inner.ReadStateAsync(cancellationToken);
    }

    public async Task SaveStateAsync(MoveState state, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.SaveStateAsync(state, cancellationToken);
    }

    public async Task<DatabaseProgress?> ReadProgressAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        return await inner.ReadProgressAsync(name, cancellationToken);
    }

    public async Task SaveProgressAsync(DatabaseName name, DatabaseProgress progress, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.SaveProgressAsync(name, progress, cancellationToken);
    }

    public async Task MakeAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.MakeAsync(name, cancellationToken);
    }

    public async Task<IReadOnlyList<ClientId>> ListClientsAsync(CancellationToken cancellationToken)
    {
        await TroubleAsync();
        return await inner.ListClientsAsync(cancellationToken);
    }

    public async Task EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.EraseAsync(clientId, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> MergeAsync(
        DatabaseName name, MovedRange range, IReadOnlyList<MovedRow> rows, bool write, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        return await inner.MergeAsync(name, range, rows, write, cancellationToken);
    }

    public async Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(
        DatabaseName name, ConversationId? conversation, StoredLeaf? after, int limit, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        return await inner.ReadLeavesAsync(name, conversation, after, limit, cancellationToken);
    }

    public async Task SetPositionsAsync(DatabaseName name, DatabasePositions positions, CancellationToken cancellationToken)
    {
        await TroubleAsync();
        await inner.SetPositionsAsync(name, positions, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task TroubleAsync() => before(++_calls);
}
