using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// A prepared statement: bind every parameter in order, then <see cref="Step"/> or <see cref="Run"/>. Belongs to its
/// connection and is used again and again; spans that it gives are valid until the next step.
/// </summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private const int StackBytes = 512;

    private int _bound;

    public Statement Bind(long value) => Checked(raw.sqlite3_bind_int64(handle, ++_bound, value));

    public Statement Bind(long? value) => value is { } given ? Bind(given) : BindNull();

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(DateTimeOffset time) => Bind(time.ToUnixTimeMilliseconds());

    public Statement Bind(DateTimeOffset? time) => time is { } given ? Bind(given) : BindNull();

    public Statement Bind(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(bytes);
    }

    public Statement Bind(Guid? id) => id is { } given ? Bind(given) : BindNull();

    // An empty span has no address, and SQLite takes none for NULL.
    public Statement Bind(ReadOnlySpan<byte> value) => Checked(value.IsEmpty
        ? raw.sqlite3_bind_zeroblob(handle, ++_bound, 0)
        : raw.sqlite3_bind_blob(handle, ++_bound, value));

    /// <summary>A text that is UTF-8 already.</summary>
    public Statement BindUtf8(ReadOnlySpan<byte> value) => Checked(value.IsEmpty
        ? raw.sqlite3_bind_text(handle, ++_bound, string.Empty)
        : raw.sqlite3_bind_text(handle, ++_bound, value));

    public Statement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        if (value.Length == 0)
        {
            return Checked(raw.sqlite3_bind_text(handle, ++_bound, string.Empty));
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : (rented = ArrayPool<byte>.Shared.Rent(most));
        var length = Encoding.UTF8.GetBytes(value, buffer);
        var code = raw.sqlite3_bind_text(handle, ++_bound, buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return Checked(code);
    }

    public Statement BindNull() => Checked(raw.sqlite3_bind_null(handle, ++_bound));

    /// <summary>Whether there is a (next) row; after the last one the statement is ready for use again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        var failure = code == raw.SQLITE_DONE ? null : connection.Failure(code);
        Reset();
        return failure is null ? false : throw failure;
    }

    /// <summary>Runs a statement that gives no rows, or whose rows do not matter.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Ends a read before its last row.</summary>
    public void Reset()
    {
        _bound = 0;
        _ = raw.sqlite3_reset(handle);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int32(int column) => raw.sqlite3_column_int(handle, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    // Read as bytes: the text functions end at the first NUL, which a text may hold.
    public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public Guid Id(int column) => new(Blob(column), bigEndian: true);

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    /// <summary>The value as it is stored: a number, a text, bytes or null; for what moves rows without knowing them.</summary>
    public object? Value(int column) => raw.sqlite3_column_type(handle, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => Int64(column),
        raw.SQLITE_TEXT => Text(column),
        raw.SQLITE_BLOB => Blob(column).ToArray(),
        var other => throw new NotSupportedException($"No table has a column of SQLite's type {other}."),
    };

    /// <summary>Binds a value of <see cref="Value"/>.</summary>
    public Statement BindValue(object? value) => value switch
    {
        null => BindNull(),
        long number => Bind(number),
        string text => Bind(text),
        byte[] bytes => Bind(bytes),
        _ => throw new NotSupportedException($"No table has a column of {value.GetType().Name}."),
    };

    public void Dispose() => handle.Dispose();

    private Statement Checked(int code)
    {
        if (code == raw.SQLITE_OK)
        {
            return this;
        }

        var failure = connection.Failure(code);
        Reset();
        throw failure;
    }
}
