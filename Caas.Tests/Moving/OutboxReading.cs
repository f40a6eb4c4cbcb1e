using Caas.Domain.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Moving;

/// <summary>Relays like the product does, and looks at what comes.</summary>
internal static class OutboxReading
{
    /// <summary>Reads until all of these came, by conversation and version; a move that lost one never ends, and the test does.</summary>
    public static async Task UntilAsync(IServiceProvider services, HashSet<string> expected, CancellationToken cancellationToken)
    {
        var outbox = services.GetRequiredService<IOutbox>();
        var missing = new HashSet<string>(expected, StringComparer.Ordinal);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(TimeSpan.FromMinutes(1));
        await Task.WhenAll(Enumerable.Range(0, outbox.Shards).Select(RelayAsync));
        missing.ShouldBeEmpty();

        async Task RelayAsync(int shard)
        {
            try
            {
                while (true)
                {
                    var batch = await outbox.ReadAsync(shard, 1000, enough.Token);
                    await outbox.ConfirmAsync(batch, cancellationToken);
                    bool all;
                    lock (missing)
                    {
                        missing.ExceptWith(batch.Changes.Select(static change => $"{change.ConversationId} {change.Version}"));
                        all = missing.Count == 0;
                    }

                    if (all)
                    {
                        await enough.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // All of them came, or the time is over.
            }
        }
    }
}
