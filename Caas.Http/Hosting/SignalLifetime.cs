using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Caas.Http.Hosting;

/// <summary>
/// Ends the process on SIGTERM, SIGINT or SIGQUIT: the first one drains. Signals within two seconds of it are the same
/// request, because a process group gets one for each of its parts; one after that ends at once.
/// </summary>
internal sealed class SignalLifetime(IHostApplicationLifetime lifetime, TimeProvider clock) : IHostLifetime, IDisposable
{
    private const int EndedBySignal = 130;
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(2);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private long? _firstAt;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_firstAt is { } first)
            {
                if (clock.GetElapsedTime(first) > SameRequest)
                {
                    Environment.Exit(EndedBySignal);
                }

                return;
            }

            _firstAt = clock.GetTimestamp();
        }

        // Not on the signal's thread, which every other signal waits for.
        _ = Task.Run(lifetime.StopApplication, CancellationToken.None);
    }
}
