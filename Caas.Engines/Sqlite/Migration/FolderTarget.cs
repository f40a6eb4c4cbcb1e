using Caas.Domain.Ids;
using Caas.Engines.Backup;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <inheritdoc/>
/// <remarks>
/// A folder, held like a product's. What is known of the move is in <c>arriving.db</c>; while the file <c>arriving</c> is
/// there, no product starts on the folder.
/// </remarks>
/// <param name="path">The folder.</param>
/// <param name="clock">Times the wait for the folder.</param>
internal sealed class FolderTarget(string path, TimeProvider clock) : IMoveTarget
{
    private readonly DataFolder _folder = new(path, clock);
    private ArrivalFile? _arrival;
    private TargetFile? _file;

    /// <inheritdoc/>
    public string Name => $"the folder '{_folder.Root}'";

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _folder.HoldAsync(cancellationToken);
        }
        catch (DataFolderException failure)
        {
            throw new MoveException(failure.Message, failure);
        }

        if (_folder.MoveMark.IsSet || File.Exists(_folder.RestoreMark))
        {
            throw new MoveException($"The folder '{_folder.Root}' is itself being moved or restored.");
        }

        if (!File.Exists(ArrivalPath))
        {
            if (File.Exists(_folder.PlatformDatabase) || DataFiles.ListClients(_folder.Root).Any())
            {
                throw new MoveException($"'{_folder.Root}' is not a new or empty folder.");
            }

            await DurableFile.ReplaceAsync(_folder.ArrivalMark, ReadOnlyMemory<byte>.Empty, cancellationToken);
        }

        _arrival = ArrivalFile.Open(ArrivalPath);
    }

    /// <inheritdoc/>
    public Task<MoveState?> ReadStateAsync(CancellationToken cancellationToken) => Task.FromResult(Arrival.ReadState());

    /// <inheritdoc/>
    public async Task SaveStateAsync(MoveState state, CancellationToken cancellationToken)
    {
        if (!state.Done)
        {
            await DurableFile.ReplaceAsync(_folder.ArrivalMark, ReadOnlyMemory<byte>.Empty, cancellationToken);
        }

        CloseFile();
        Arrival.SaveState(state);
        if (state.Done)
        {
            File.Delete(_folder.ArrivalMark);
            DurableFile.FlushFolder(_folder.Root);
        }
    }

    /// <inheritdoc/>
    public Task<DatabaseProgress?> ReadProgressAsync(DatabaseName name, CancellationToken cancellationToken) =>
        Task.FromResult(Arrival.ReadProgress(name));

    /// <inheritdoc/>
    public Task SaveProgressAsync(DatabaseName name, DatabaseProgress progress, CancellationToken cancellationToken)
    {
        Arrival.SaveProgress(name, progress);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MakeAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        _ = Open(name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClientId>> ListClientsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ClientId>>(
            [.. DataFiles.ListClients(_folder.Root).Select(static file => DataFiles.ClientOf(file)!.Value)]);

    /// <inheritdoc/>
    public Task EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        CloseFile();
        var file = _folder.ClientDatabase(clientId);
        foreach (var part in (string[])[file, file + "-wal", file + "-shm"])
        {
            File.Delete(part);
        }

        Arrival.ForgetProgress(DatabaseName.Of(clientId));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> MergeAsync(
        DatabaseName name, MovedRange range, IReadOnlyList<MovedRow> rows, bool write, CancellationToken cancellationToken) =>
        Task.FromResult(Open(name).Merge(range, rows, write));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(
        DatabaseName name, ConversationId? conversation, StoredLeaf? after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Open(name).ReadLeaves(conversation, after, limit));

    /// <inheritdoc/>
    public Task SetPositionsAsync(DatabaseName name, DatabasePositions positions, CancellationToken cancellationToken)
    {
        Open(name).SetRelayed(positions.Relayed);
        if (name.Client is { } client)
        {
            Open(DatabaseName.Platform).MarkPending(client);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        CloseFile();
        _arrival?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string ArrivalPath => Path.Combine(_folder.Root, "arriving.db");

    private ArrivalFile Arrival => _arrival ?? throw new InvalidOperationException("The target is not open.");

    // One at a time: a move goes through the databases one after the other.
    private TargetFile Open(DatabaseName name)
    {
        if (_file is { } open && open.Name == name)
        {
            return open;
        }

        CloseFile();
        var file = name.Client is { } client ? _folder.ClientDatabase(client) : _folder.PlatformDatabase;
        return _file = TargetFile.Open(name, file, clock);
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }
}
