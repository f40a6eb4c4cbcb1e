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
    /// Sends so many messages through the API like any other, by as many at once as share one flush, and waits until all
    /// of them were delivered to the user's own device: what is in the store, the stream and the indexes is what real use
    /// leaves there, and nothing is left to do in the background.
    /// </summary>
    public async Task FillAsync(Uri url, long first, long messages, CancellationToken cancellationToken)
    {
        const int Connections = 256;
        await using var device = await Audience.JoinAsync(url, [Token], cancellationToken);
        var senders = new List<HttpSender>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                senders.Add(await HttpSender.ConnectAsync(url, Token, Conversation, cancellationToken));
            }

            var loop = new Results.ClosedLoop<HttpSender>(
                senders, (sender, number, cancel) => sender.SendAsync(first + number, cancel));
            await loop.RunAsync("messages filled in", messages, cancellationToken);
            await device.GotOrSkippedAsync(messages, cancellationToken);
        }
        finally
        {
            senders.ForEach(sender => sender.Dispose());
        }
    }
}
