using Caas.Domain.Ids;
using Caas.Domain.Presence;

namespace Caas.Engines.InMemory.Presence;

/// <inheritdoc cref="IPresence"/>
/// <remarks>Of one process: a connection that is not removed ends with the process, so the expiry hardly matters here.</remarks>
internal sealed class InMemoryPresence(TimeProvider clock) : IPresence
{
    private const int MaxRememberedUsers = 100_000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Dictionary<(ClientId Client, UserId User), Entry> _users = [];

    /// <inheritdoc/>
    public ValueTask<UserPresence?> TouchAsync(
        ClientId clientId, UserId userId, string connectionId, PresenceStatus status, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_users.TryGetValue((clientId, userId), out var entry))
            {
                entry = _users[(clientId, userId)] = new Entry();
            }

            entry.Touch(new Device(connectionId, status, clock.GetTimestamp()));
            entry.LastSeenAt = clock.GetUtcNow();
            return new ValueTask<UserPresence?>(AnnounceLocked(userId, entry));
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(ClientId clientId, UserId userId, string connectionId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_users.TryGetValue((clientId, userId), out var entry) && entry.Remove(connectionId))
            {
                entry.LastSeenAt = clock.GetUtcNow();
                entry.GoneSince = clock.GetTimestamp();
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UserPresence>> ReadAsync(
        ClientId clientId, IReadOnlyList<UserId> userIds, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new ValueTask<IReadOnlyList<UserPresence>>(
            [
                .. userIds.Select(userId => _users.TryGetValue((clientId, userId), out var entry)
                    ? new UserPresence(userId, entry.Announced, entry.LastSeenAt)
                    : new UserPresence(userId, PresenceStatus.Offline, LastSeenAt: null)),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(ClientId ClientId, UserPresence Presence)>> SweepAsync(CancellationToken cancellationToken)
    {
        var changed = new List<(ClientId, UserPresence)>();
        lock (_lock)
        {
            foreach (var ((clientId, userId), entry) in _users)
            {
                ExpireLocked(entry);
                if (entry.GoneSince is not null && AnnounceLocked(userId, entry) is { } presence)
                {
                    changed.Add((clientId, presence));
                }
            }

            ForgetLocked();
        }

        return new ValueTask<IReadOnlyList<(ClientId, UserPresence)>>(changed);
    }

    // Nobody is missed where the others make up for it; else the status falls when the grace has passed.
    private UserPresence? AnnounceLocked(UserId userId, Entry entry)
    {
        var status = PresenceStatus.Offline;
        foreach (var device in entry.Devices)
        {
            status = device.Status > status ? device.Status : status;
        }

        if (status < entry.Announced && entry.GoneSince is { } since && clock.GetElapsedTime(since) < Grace)
        {
            return null;
        }

        entry.GoneSince = null;
        if (status == entry.Announced)
        {
            return null;
        }

        entry.Announced = status;
        return new UserPresence(userId, status, entry.LastSeenAt);
    }

    private void ExpireLocked(Entry entry)
    {
        for (var i = entry.Devices.Count - 1; i >= 0; i--)
        {
            var touchedAt = entry.Devices[i].TouchedAt;
            if (clock.GetElapsedTime(touchedAt) >= Expiry)
            {
                entry.Devices.RemoveAt(i);
                entry.GoneSince ??= touchedAt;
            }
        }
    }

    // When too many are remembered, those who are offline are forgotten: nothing here is kept for ever.
    private void ForgetLocked()
    {
        if (_users.Count <= MaxRememberedUsers)
        {
            return;
        }

        foreach (var (key, entry) in _users)
        {
            if (entry is { Announced: PresenceStatus.Offline, Devices.Count: 0 })
            {
                _users.Remove(key);
            }
        }
    }

    private sealed class Entry
    {
        // A person has few devices: a list of one costs a third of a dictionary of one.
        public List<Device> Devices { get; } = new(capacity: 1);

        public PresenceStatus Announced { get; set; }

        public DateTimeOffset? LastSeenAt { get; set; }

        public long? GoneSince { get; set; }

        public void Touch(Device device)
        {
            var index = IndexOf(device.ConnectionId);
            if (index < 0)
            {
                Devices.Add(device);
            }
            else
            {
                Devices[index] = device;
            }
        }

        public bool Remove(string connectionId)
        {
            var index = IndexOf(connectionId);
            if (index >= 0)
            {
                Devices.RemoveAt(index);
            }

            return index >= 0;
        }

        private int IndexOf(string connectionId) =>
            Devices.FindIndex(device => string.Equals(device.ConnectionId, connectionId, StringComparison.Ordinal));
    }

    private readonly record struct Device(string ConnectionId, PresenceStatus Status, long TouchedAt);
}
