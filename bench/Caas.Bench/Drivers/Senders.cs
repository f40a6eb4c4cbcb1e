namespace Caas.Bench.Drivers;

/// <summary>
/// Users who send in conversations that they share evenly, and one connected user who is in all of these and listens, so
/// that every message is delivered to somebody, whatever the number of conversations.
/// </summary>
internal sealed class Senders : IAsyncDisposable
{
    private readonly Audience _listener;

    private Senders(IReadOnlyList<ISender> all, Audience listener)
    {
        All = all;
        _listener = listener;
    }

    /// <summary>The senders.</summary>
    public IReadOnlyList<ISender> All { get; }

    /// <summary>Messages that reached a socket, the senders' own included.</summary>
    public long Deliveries => _listener.Deliveries + All.OfType<SocketSender>().Sum(sender => sender.Deliveries);

    /// <summary>Registers a client, makes users and conversations, and connects.</summary>
    public static async Task<Senders> CreateAsync(
        Uri url, int count, int conversations, bool overSocket, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(url);
        var key = await api.RegisterAsync(cancellationToken);
        var tokens = await api.CreateUsersAsync(key, count + 1, cancellationToken);
        var groups = new string[conversations];
        for (var group = 0; group < conversations; group++)
        {
            var members = Enumerable.Range(0, count).Where(user => user % conversations == group).Append(count);
            groups[group] = await api.CreateGroupAsync(tokens[group], members.Skip(1), cancellationToken);
        }

        var listener = await Audience.JoinAsync(url, [tokens[count]], cancellationToken);
        var all = new ISender[count];
        for (var user = 0; user < count; user++)
        {
            var group = groups[user % conversations];
            all[user] = overSocket
                ? await SocketSender.ConnectAsync(url, tokens[user], group, cancellationToken)
                : await HttpSender.ConnectAsync(url, tokens[user], group, cancellationToken);
        }

        return new Senders(all, listener);
    }

    /// <summary>Waits until the listener got so many messages.</summary>
    public Task DeliveredAsync(long messages, CancellationToken cancellationToken) =>
        _listener.GotAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        foreach (var sender in All)
        {
            sender.Dispose();
        }
    }
}
