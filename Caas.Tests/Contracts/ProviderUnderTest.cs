using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Contracts;

/// <summary>A document engine as one provider at a time, over data that outlives it.</summary>
public abstract class ProviderUnderTest : IDocumentEngine
{
    private ServiceProvider? _provider;

    public async Task<IServiceProvider> OpenAsync(TimeProvider clock)
    {
        _provider = await StartAsync(clock);
        return _provider;
    }

    public async Task CloseAsync()
    {
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
            _provider = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The engine, opened.</summary>
    protected abstract Task<ServiceProvider> StartAsync(TimeProvider clock);

    /// <summary>Removes the data.</summary>
    protected abstract ValueTask RemoveAsync();
}
