using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Engines.Backup;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// The durable word that a folder's data is being moved away (<c>moving</c>): while it stands nothing is written, and once
/// it says that the move is done no host starts on the folder. Beside it <c>moving.lock</c>, which the kernel holds for
/// the process that moves, so that a mark whose process died is told from one that counts.
/// </summary>
/// <param name="root">The folder.</param>
internal sealed class MoveMark(string root)
{
    private readonly string _mark = Path.Combine(root, "moving");
    private readonly string _lock = Path.Combine(root, "moving.lock");

    /// <summary>Whether it stands.</summary>
    public bool IsSet => File.Exists(_mark);

    /// <summary>What it says; null where there is none.</summary>
    /// <exception cref="DataFolderException">It is not what a move wrote.</exception>
    public MoveNote? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_mark), MoveNoteJson.Default.MoveNote);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException failure)
        {
            throw new DataFolderException($"{DataOptions.Section}:{nameof(DataOptions.Path)}: '{_mark}' is not what a migration wrote.", failure);
        }
    }

    /// <summary>Sets it, or replaces what it says. Durable when it returns.</summary>
    public Task WriteAsync(MoveNote note, CancellationToken cancellationToken) =>
        DurableFile.ReplaceAsync(_mark, JsonSerializer.SerializeToUtf8Bytes(note, MoveNoteJson.Default.MoveNote), cancellationToken);

    /// <summary>Takes it back. Durable when it returns; for the holder of the lock.</summary>
    public void Remove()
    {
        File.Delete(_mark);
        DurableFile.FlushFolder(root);
    }

    /// <summary>The lock of the process that moves; null where another has it.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(_lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>
    /// Takes the mark back where the process that set it is gone and the move was not done: it would begin the last part
    /// anew in any case. False where it stands.
    /// </summary>
    public bool TryTakeBack()
    {
        using var held = TryLock();
        if (held is null)
        {
            return false;
        }

        try
        {
            if (Read() is { Done: false })
            {
                Remove();
            }

            return !IsSet;
        }
        catch (DataFolderException)
        {
            // Not ours to judge: it stays closed, and an operator sees why.
            return false;
        }
    }
}

/// <summary>What a mark says.</summary>
/// <param name="Move">Which move, as the target knows it.</param>
/// <param name="Done">Whether the data is elsewhere now.</param>
/// <param name="Target">Where.</param>
/// <param name="At">Since when.</param>
internal sealed record MoveNote(string Move, bool Done, string Target, DateTimeOffset At);

[JsonSerializable(typeof(MoveNote))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class MoveNoteJson : JsonSerializerContext;
