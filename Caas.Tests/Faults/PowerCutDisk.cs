using System.Text;

namespace Caas.Tests.Faults;

/// <summary>
/// A disk that follows a journal and knows what a power cut would leave: what was synced, and of the rest whatever the
/// system had happened to write. A sync of a file covers its content, not its name; a name is covered by a sync of its
/// folder, and the changes of names of one folder are kept in their order, as journalling file systems do.
/// </summary>
internal sealed class PowerCutDisk
{
    private readonly Dictionary<string, PowerCutFile> _now = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PowerCutFile> _durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> _names = [];
    private readonly Dictionary<int, (string Path, int At)> _syncs = [];
    private int _at;

    /// <summary>The folders that a file may be in.</summary>
    public HashSet<string> Folders { get; } = new(StringComparer.Ordinal) { "" };

    /// <summary>Does what the record says.</summary>
    public void Apply(PowerCutRecord record)
    {
        _at++;
        switch (record.Operation)
        {
            case PowerCutOperation.Created:
                Rename(null, record.Path, new PowerCutFile());
                break;
            case PowerCutOperation.Written:
                Now(record.Path).Write(_at, record.Offset, record.Data);
                break;
            case PowerCutOperation.Truncated:
                Now(record.Path).Write(_at, record.Offset, data: null);
                break;
            case PowerCutOperation.SyncBegan:
                _syncs[record.Thread] = (record.Path, _at);
                break;
            case PowerCutOperation.SyncEnded:
                Sync(_syncs[record.Thread]);
                break;
            case PowerCutOperation.Renamed:
                Rename(record.Path, Encoding.UTF8.GetString(record.Data.Span), Now(record.Path));
                break;
            case PowerCutOperation.Unlinked:
                Rename(record.Path, null, Now(record.Path));
                break;
            case PowerCutOperation.MadeFolder:
                Folders.Add(record.Path);
                break;
            case PowerCutOperation.Acknowledged:
                break;
            default:
                throw new InvalidDataException($"The journal has an operation {record.Operation}.");
        }
    }

    /// <summary>Writes into an empty folder what a power cut now leaves.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kept">Which part of the writes that were not synced is there, 0 to 1.</param>
    /// <param name="chance">Decides which.</param>
    public void WriteImage(string folder, double kept, PowerCutChance chance)
    {
        foreach (var inner in Folders)
        {
            Directory.CreateDirectory(Path.Combine(folder, inner));
        }

        var names = new Dictionary<string, PowerCutFile>(_durable, StringComparer.Ordinal);
        var changes = kept == 0 ? 0 : chance.Below(_names.Count + 1);
        foreach (var change in _names.Take(changes))
        {
            change.ApplyTo(names);
        }

        foreach (var (path, file) in names.Where(name => !name.Key.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(Path.Combine(folder, path), file.Image(kept, chance));
        }
    }

    private PowerCutFile Now(string path)
    {
        if (!_now.TryGetValue(path, out var file))
        {
            // It was there before the journal began; the data folder of a run is new, so this is a file without a name.
            _now.Add(path, file = new PowerCutFile());
        }

        return file;
    }

    private void Rename(string? from, string? to, PowerCutFile file)
    {
        var change = new NameChange(_at, from, to, file);
        change.ApplyTo(_now);
        _names.Add(change);
    }

    private void Sync((string Path, int At) sync)
    {
        if (!Folders.Contains(sync.Path))
        {
            Now(sync.Path).Sync(sync.At);
            return;
        }

        foreach (var change in _names.Where(change => change.At <= sync.At && change.Folder == sync.Path).ToArray())
        {
            change.ApplyTo(_durable);
            _names.Remove(change);
        }
    }

    private sealed record NameChange(int At, string? From, string? To, PowerCutFile File)
    {
        public string Folder => Path.GetDirectoryName(To ?? From!)!;

        public void ApplyTo(Dictionary<string, PowerCutFile> names)
        {
            if (From is not null)
            {
                names.Remove(From);
            }

            if (To is not null)
            {
                names[To] = File;
            }
        }
    }
}
