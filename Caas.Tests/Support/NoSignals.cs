using Microsoft.Extensions.Hosting;

namespace Caas.Tests.Support;

/// <summary>For a host in the process of the tests, whose signals are not its own.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
