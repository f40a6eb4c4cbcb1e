[assembly: AssemblyFixture(typeof(Caas.Tests.Support.CaasHost))]

namespace Caas.Tests.Support;

/// <summary>
/// One process for all stories that need nothing of their own: each registers a client, and clients do not see one
/// another. It starts with the first story that asks for it.
/// </summary>
public sealed class CaasHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _starting = new(1);
    private CaasProcess? _process;

    public async Task<CaasProcess> StartAsync()
    {
        await _starting.WaitAsync(SocketIOHost.Ct);
        try
        {
            return _process ??= await CaasProcess.StartAsync(_folder.Path);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _starting.Dispose();
        _folder.Dispose();
    }
}
