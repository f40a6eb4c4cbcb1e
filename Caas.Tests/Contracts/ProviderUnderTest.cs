using Caas.Engines;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Contracts;

/// <summary>A document engine as one provider at a time, over data that outlives it.</summary>
public abstract class ProviderUnderTest : IDocumentEngine
{
    private ServiceProvider? _provider;

    public async Task<IServiceProvider> OpenAsync(TimeProvider clock)
    {
        // One whose start failed is here still.
        await CloseAsync();
        _provider = Build(clock);
        await _provider.OpenEnginesAsync(TestContext.Current.CancellationToken);
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

    /// <summary>The engine, not opened.</summary>
    protected abstract ServiceProvider Build(TimeProvider clock);

    /// <summary>Removes the data.</summary>
    protected abstract ValueTask RemoveAsync();
}
