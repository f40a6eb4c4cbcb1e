namespace Caas.Bench.Drivers;

/// <summary>A client with one user, who has one conversation.</summary>
/// <param name="Token">The user's token.</param>
/// <param name="Conversation">Their conversation.</param>
internal sealed record Tenant(string Token, string Conversation)
{
    /// <summary>Registers one.</summary>
    public static async Task<Tenant> CreateAsync(ApiClient api, CancellationToken cancellationToken)
    {
        var key = await api.RegisterAsync(cancellationToken);
        var tokens = await api.CreateUsersAsync(key, 1, cancellationToken);
        return new Tenant(tokens[0], await api.CreateGroupAsync(tokens[0], [], cancellationToken));
    }

    /// <summary>
    /// Sends so many messages through the API like any other, by as many at once as share one flush, and waits until the
    /// last of them was delivered, before which all others were relayed: what is in the store, the stream and the indexes is
    /// what real use leaves there, and nothing is left to do in the background. Nobody listens before: a device that is kept
    /// waiting by a busy machine would be cut off as slow.
    /// </summary>
    public async Task FillAsync(Uri url, long first, long messages, CancellationToken cancellationToken)
    {
        const int Connections = 256;
        var senders = new List<HttpSender>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                senders.Add(await HttpSender.ConnectAsync(url, Token, Conversation, cancellationToken));
            }

            var loop = new Results.ClosedLoop<HttpSender>(
                senders, (sender, number, cancel) => sender.SendAsync(first + number, cancel));
            await loop.RunAsync("messages filled in", messages - 1, cancellationToken);
            await using var device = await Audience.JoinAsync(url, [Token], cancellationToken);
            var reached = device.ReachedAllAsync(first + messages, cancellationToken);
            await senders[0].SendAsync(first + messages, cancellationToken);
            await reached;
        }
        finally
        {
            senders.ForEach(sender => sender.Dispose());
        }
    }
}
