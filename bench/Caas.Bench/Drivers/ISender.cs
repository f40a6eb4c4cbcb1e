namespace Caas.Bench.Drivers;

/// <summary>Somebody who sends messages, one after the other's answer.</summary>
internal interface ISender : IDisposable
{
    /// <summary>Sends a message under this number and checks the answer.</summary>
    ValueTask SendAsync(long number, CancellationToken cancellationToken);
}
