using System.Text;

namespace Caas.Tests.Faults;

/// <summary>
/// A disk that follows a journal and knows what a power cut would leave: what was synced, and of the rest whatever the
/// system had happened to write. A sync of a file covers its content, not its name; a name is covered by a sync of its
/// folder, and the changes of names of one folder are kept in their order, as journalling file systems do.
/// </summary>
internal sealed class PowerCutDisk
{
    private const int SectorBytes = 512;

    private readonly Dictionary<string, DiskFile> _now = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DiskFile> _durable = new(StringComparer.Ordinal);
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
                Rename(null, record.Path, new DiskFile());
                break;
            case PowerCutOperation.Written:
                Now(record.Path).Waiting.Add(new Write(_at, record.Offset, record.Data));
                break;
            case PowerCutOperation.Truncated:
                Now(record.Path).Waiting.Add(new Write(_at, record.Offset, null));
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
    public void WriteImage(string folder, double kept, SeededChance chance)
    {
        foreach (var inner in Folders)
        {
            Directory.CreateDirectory(Path.Combine(folder, inner));
        }

        var names = new Dictionary<string, DiskFile>(_durable, StringComparer.Ordinal);
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

    private DiskFile Now(string path)
    {
        if (!_now.TryGetValue(path, out var file))
        {
            // It was there before the journal began; the data folder of a run is new, so this is a file without a name.
            _now.Add(path, file = new DiskFile());
        }

        return file;
    }

    private void Rename(string? from, string? to, DiskFile file)
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

    private sealed record NameChange(int At, string? From, string? To, DiskFile File)
    {
        public string Folder => Path.GetDirectoryName(To ?? From!)!;

        public void ApplyTo(Dictionary<string, DiskFile> names)
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

    /// <summary>A write, or (without data) a truncation, that waits for a sync.</summary>
    private sealed record Write(int At, long Offset, ReadOnlyMemory<byte>? Data);

    private sealed class DiskFile
    {
        private byte[] _bytes = [];
        private int _length;

        public List<Write> Waiting { get; } = [];

        public void Sync(int at)
        {
            foreach (var write in Waiting.Where(write => write.At <= at))
            {
                Apply(ref _bytes, ref _length, write, keepsSector: static () => true);
            }

            Waiting.RemoveAll(write => write.At <= at);
        }

        // A write is kept whole, lost whole, or torn: then some of its sectors are kept.
        public byte[] Image(double kept, SeededChance chance)
        {
            var bytes = _bytes.AsSpan(0, _length).ToArray();
            var length = _length;
            foreach (var write in Waiting)
            {
                if (chance.Happens(kept))
                {
                    var torn = chance.Happens(0.3);
                    Apply(ref bytes, ref length, write, () => !torn || chance.Happens(0.5));
                }
            }

            return bytes[..length];
        }

        private static void Apply(ref byte[] bytes, ref int length, Write write, Func<bool> keepsSector)
        {
            if (write.Data is not { } data)
            {
                Grow(ref bytes, (int)write.Offset);
                if (write.Offset < length)
                {
                    bytes.AsSpan((int)write.Offset, length - (int)write.Offset).Clear();
                }

                length = (int)write.Offset;
                return;
            }

            for (var from = 0; from < data.Length;)
            {
                var place = (int)write.Offset + from;
                var count = Math.Min(data.Length - from, SectorBytes - (place % SectorBytes));
                if (keepsSector())
                {
                    Grow(ref bytes, place + count);
                    data.Span.Slice(from, count).CopyTo(bytes.AsSpan(place));
                    length = Math.Max(length, place + count);
                }

                from += count;
            }
        }

        private static void Grow(ref byte[] bytes, int length)
        {
            if (bytes.Length < length)
            {
                Array.Resize(ref bytes, Math.Max(length, bytes.Length * 2));
            }
        }
    }
}

/// <summary>The same chances for the same seed (SplitMix64), so that an image can be made again.</summary>
internal sealed class SeededChance(ulong seed)
{
    private ulong _state = seed;

    public int Below(int most) => most <= 1 ? 0 : (int)(Next() % (ulong)most);

    public bool Happens(double chance) => (Next() >> 11) * (1.0 / (1UL << 53)) < chance;

    private ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
