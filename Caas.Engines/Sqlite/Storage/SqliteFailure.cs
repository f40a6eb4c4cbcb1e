using Caas.Domain.Errors;
using SQLitePCL;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>SQLite refused a call.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">SQLite's own words; never shown to callers.</param>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>The extended result code; the primary one is its lowest byte.</summary>
    public int Code => code;

    private int Primary => code & 0xff;

    /// <summary>Whether the handle must not be used again: what it holds and what the disk holds may differ.</summary>
    public bool BreaksHandle => Primary is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN
        or raw.SQLITE_READONLY or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL;

    /// <summary>Whether the store is at fault, not the statement.</summary>
    public bool IsStorage => BreaksHandle || Primary is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}

/// <summary>A refusal of a port that has no other way to say so; carries what the caller is told.</summary>
/// <param name="error"><c>storage_unavailable</c> or <c>overloaded</c>.</param>
/// <param name="innerException">The cause; null for none.</param>
public sealed class StorageException(Error error, Exception? innerException = null) : RefusedException(error, innerException);

/// <summary>The refusals of the engine itself.</summary>
internal static class StorageErrors
{
    public static Error Unavailable { get; } =
        new(ErrorCatalogue.StorageUnavailable, "The store cannot be used now.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Error Overloaded { get; } =
        new(ErrorCatalogue.Overloaded, "Too many writes are waiting.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Whether the store is at fault; else it is a bug and stays an exception.</summary>
    public static bool IsStorage(Exception failure) =>
        failure is SqliteFailure { IsStorage: true } or IOException or UnauthorizedAccessException;

    public static bool BreaksHandle(Exception failure) =>
        failure is SqliteFailure { BreaksHandle: true } or IOException or UnauthorizedAccessException;
}

/// <summary>Makes results where the type of the value is an interface, for which C# ignores conversions.</summary>
internal static class Outcome
{
    public static Result<T> Of<T>(T value) => value;

    /// <summary>The value, or an exception that carries the refusal.</summary>
    public static T OrThrow<T>(this Result<T> result) =>
        result.Error is { } error ? throw new StorageException(error) : result.Value!;
}
