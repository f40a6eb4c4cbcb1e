namespace Caas.Tests.Support;

/// <summary>Watches what only an outside process knows and no event tells.</summary>
public static class Poll
{
    /// <summary>Looks until it is so; fails when the patience of a test is over.</summary>
    public static Task UntilAsync(Func<ValueTask<bool>> isSo, string what) => UntilAsync(isSo, what, SocketIOHost.Patience);

    /// <summary>The same with another patience.</summary>
    public static async Task UntilAsync(Func<ValueTask<bool>> isSo, string what, TimeSpan atMost)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(atMost);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await isSo())
        {
            try
            {
                await look.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!SocketIOHost.Ct.IsCancellationRequested)
            {
                Assert.Fail($"It never came about that {what}.");
            }
        }
    }
}
