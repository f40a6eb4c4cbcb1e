using Microsoft.Extensions.Logging;

namespace Caas.Engines.SchemaRegistry;

/// <inheritdoc/>
/// <remarks>Reaches for the registry only where its address makes sense: the client does not take another. Waits for a registry that does not answer yet, up to <see cref="SchemaRegistryClientOptions.StartTimeout"/>.</remarks>
internal sealed class SchemaRegistryStart(
    Func<ConfluentSchemaRegistry> registry,
    SchemaRegistryAddress address,
    SchemaRegistryClientOptions options,
    TimeProvider clock,
    ILogger<ConfluentSchemaRegistry> logger) : IEngineStart
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (SchemaRegistryClientConfig.FindFault(address.Value) is { } fault)
        {
            throw new EngineStartException(fault);
        }

        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await registry().ProbeAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (IOException failure) when (clock.GetElapsedTime(began) < options.StartTimeout)
            {
                SchemaRegistryLog.StartWaits(logger, failure.Message);
            }
            catch (IOException failure)
            {
                throw new EngineStartException(
                    $"ConnectionStrings:{SchemaRegistryClientConfig.ConnectionName}: {failure.Message} It was given {options.StartTimeout:c}.",
                    failure);
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Where the registry is, as it was configured.</summary>
/// <param name="Value">One or more addresses, joined by commas; null where nothing was configured.</param>
internal sealed record SchemaRegistryAddress(string? Value);
