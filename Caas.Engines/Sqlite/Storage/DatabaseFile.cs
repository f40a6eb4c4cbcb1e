using Caas.Domain.Events;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// One open file. The writer's side (everything but the leases and <see cref="Readers"/>) belongs to the file's writer
/// thread; readers hold a lease, and the last one to leave closes their connections.
/// </summary>
internal sealed class DatabaseFile
{
    private const string ReadPositions =
        "SELECT coalesce((SELECT max(position) FROM changes), 0), (SELECT relay_position FROM relay)";

    private const string SavePosition = "UPDATE relay SET relay_position = ?";

    // A short log is read within a millisecond when the file is opened again; to copy it takes two flushes.
    private const int MostPagesLeft = 64;

    private const int MostReadsByWriter = 8;

    private readonly RelaySource _relay;
    private readonly List<(long Position, Change Change)> _appended = [];
    private bool _forgetsRecent;
    private int _leases = 1;
    private long _position;
    private long _committedPosition;
    private long _savingPosition;
    private int _pagesInLog;
    private bool _logHoldsErased;
    private bool _rests;
    private int _readsByWriter;
    private long _lastUsed;

    /// <summary>A file that was just opened.</summary>
    /// <param name="name">Which.</param>
    /// <param name="path">Where.</param>
    /// <param name="writer">The writer's connection.</param>
    /// <param name="maxReaders">The most readers at once.</param>
    /// <param name="relay">How far the relay is.</param>
    /// <param name="pagesInLog">What its write-ahead log had already.</param>
    /// <param name="logHoldsErased">Whether there may be something in that log that was erased.</param>
    public DatabaseFile(
        DatabaseName name, string path, Connection writer, int maxReaders, RelaySource relay, int pagesInLog, bool logHoldsErased)
    {
        Name = name;
        Path = path;
        Writer = writer;
        Readers = new ReaderPool(path, maxReaders);
        _relay = relay;
        _pagesInLog = pagesInLog;
        _logHoldsErased = logHoldsErased;
        LoadPositions();
    }

    public DatabaseName Name { get; }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The connection of the writer thread.</summary>
    public Connection Writer { get; }

    public ReaderPool Readers { get; }

    public RelaySource Relay => _relay;

    /// <summary>What the conversations keep in memory beside this file.</summary>
    public IBatchState? State { get; set; }

    /// <summary>When it was last used, as a timestamp of the clock.</summary>
    public long LastUsed
    {
        get => Interlocked.Read(ref _lastUsed);
        set => Interlocked.Exchange(ref _lastUsed, value);
    }

    /// <summary>
    /// The position of the next change. Counted here, not by AUTOINCREMENT, which would write one more row a change;
    /// positions are never used twice, because the relay's position, kept beside, is where counting begins at least.
    /// </summary>
    public long TakePosition() => ++_position;

    /// <summary>A change was written: the relay gets it from memory once it is durable.</summary>
    public void Remember(long position, Change change) => _appended.Add((position, change));

    /// <summary>
    /// Bodies of changes are rewritten: what the relay has in memory of them no longer stands, nor may the write-ahead log
    /// keep what was there before for longer than it takes the file to rest.
    /// </summary>
    public void ForgetRecent() => _forgetsRecent = true;

    public void Begin() => Writer.Prepare("BEGIN IMMEDIATE").Run();

    public void Commit()
    {
        State?.BeforeCommit();
        SaveRelayPosition();
        Writer.Prepare("COMMIT").Run();
        State?.Committed();
        _committedPosition = _position;
        _logHoldsErased |= _forgetsRecent;
        _rests = _appended.Count == 0;
        _relay.MarkSaved(_savingPosition);
        ShowRelay();
        _pagesInLog += Writer.TakePagesWritten();
    }

    public void Rollback()
    {
        _position = _committedPosition;
        _appended.Clear();
        _forgetsRecent = false;
        State?.RolledBack();
        if (Writer.InTransaction)
        {
            Writer.Prepare("ROLLBACK").Run();
        }
    }

    /// <summary>
    /// Empties the write-ahead log where it still holds what was erased, but not under load: the relay's position is saved
    /// a second after the last change, in a commit without any. False where there is no reason, or a reader is in the way.
    /// </summary>
    public bool TryEmptyLogOfErased()
    {
        if (!_logHoldsErased || !_rests || !Writer.TryEmptyLog())
        {
            return false;
        }

        _logHoldsErased = false;
        _pagesInLog = 0;
        return true;
    }

    /// <summary>
    /// Whether the write-ahead log is so long that it is to be copied into the file. Seldom pays: pages that are written
    /// often are copied once.
    /// </summary>
    public bool IsLogLong(int most) => _pagesInLog >= most;

    /// <summary>Whether the file may be closed with its write-ahead log beside it.</summary>
    public bool MayLeaveLog => !_logHoldsErased && Connection.PagesInLog(Path) < MostPagesLeft;

    /// <summary>Closing the file will leave its write-ahead log beside it.</summary>
    public void LeaveLog()
    {
        Writer.LeaveLog();
        Readers.LeaveLog();
    }

    /// <summary>Copies the end of a log whose beginning was copied already.</summary>
    public void EndCopy()
    {
        if (!TryEmptyLogOfErased())
        {
            Writer.Checkpoint();
            _pagesInLog = 0;
        }
    }

    /// <summary>Whether the next read is one for the writer: none of the file's readers is open, and there were few reads.</summary>
    public bool IsSeldomRead() => !Readers.IsUsed && Interlocked.Increment(ref _readsByWriter) <= MostReadsByWriter;

    /// <summary>Keeps the file's readers open until <see cref="Release"/>; false where it is closed already.</summary>
    public bool TryLease()
    {
        var seen = Volatile.Read(ref _leases);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _leases, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            Readers.Dispose();
        }
    }

    private void ShowRelay()
    {
        if (_forgetsRecent)
        {
            _relay.Recent.Clear();
            _forgetsRecent = false;
        }
        else
        {
            _relay.Recent.Add(_appended);
        }

        _appended.Clear();
        _relay.Advance(_position);
    }

    private void LoadPositions()
    {
        var row = Writer.Prepare(ReadPositions);
        row.Step();
        var last = Math.Max(row.Int64(0), row.Int64(1));
        var saved = row.Int64(1);
        row.Reset();
        _position = _committedPosition = last;
        _relay.Load(last, saved);
    }

    // Lazily, with whatever is written next: after a crash the relay repeats what came since.
    private void SaveRelayPosition()
    {
        if (_relay.IsUnsaved)
        {
            _savingPosition = _relay.Confirmed;
            Writer.Prepare(SavePosition).Bind(_savingPosition).Run();
        }
    }
}
