using System.Collections.Concurrent;
using Caas.Domain.Ids;

namespace Caas.Engines.Documents;

/// <summary>When the use of each API key was last written: a busy key is written once a minute. Thread-safe, bounded.</summary>
internal sealed class KeyUses
{
    private const int MostNoted = 10_000;

    private readonly ConcurrentDictionary<KeyId, long> _minutes = new();

    /// <summary>The time to write, in whole minutes; null where that of this minute was given before.</summary>
    public DateTimeOffset? Note(KeyId keyId, DateTimeOffset at)
    {
        var minute = at.ToUnixTimeSeconds() / 60;
        if (_minutes.TryGetValue(keyId, out var noted) && noted >= minute)
        {
            return null;
        }

        if (_minutes.Count >= MostNoted)
        {
            _minutes.Clear();
        }

        _minutes[keyId] = minute;
        return DateTimeOffset.FromUnixTimeSeconds(minute * 60);
    }
}
