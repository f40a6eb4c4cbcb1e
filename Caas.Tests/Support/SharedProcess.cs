namespace Caas.Tests.Support;

/// <summary>A process that several tests share; it starts with the first that asks for it.</summary>
/// <param name="arguments">What it is started with.</param>
public abstract class SharedProcess(string[] arguments) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _starting = new(1);
    private CaasProcess? _process;

    public async Task<CaasProcess> StartAsync()
    {
        await _starting.WaitAsync(SocketIOHost.Ct);
        try
        {
            return _process ??= await CaasProcess.StartAsync(_folder.Path, arguments);
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
        GC.SuppressFinalize(this);
    }
}
