namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>The cursors that are open; guarded by the store's lock.</summary>
internal sealed class CursorTable
{
    private readonly Dictionary<long, ServerCursor> _cursors = [];
    private long _last = 1_000_000;

    public int Count => _cursors.Count;

    public void Add(ServerCursor cursor, string name)
    {
        (cursor.Id, cursor.Namespace) = (++_last, name);
        _cursors.Add(cursor.Id, cursor);
    }

    public ServerCursor Find(long id, string name) =>
        _cursors.TryGetValue(id, out var cursor) && cursor.Namespace == name
            ? cursor
            : throw new CommandFailure(MongoErrors.CursorNotFound, $"cursor id {id} not found");

    public bool Remove(long id) => _cursors.Remove(id);

    public void Clear() => _cursors.Clear();
}
