[assembly: AssemblyFixture(typeof(Caas.Tests.Support.RedisServers))]

namespace Caas.Tests.Support;

/// <summary>
/// The Redis that the contract suites share, each test with a prefix of its own: the server that
/// <c>CAAS_TEST_REDIS</c> names by its connection string, else one of our own; and a cluster. They start with the first
/// test that asks.
/// </summary>
public sealed class RedisServers : IAsyncDisposable
{
    private const string Variable = "CAAS_TEST_REDIS";

    private readonly SemaphoreSlim _starting = new(1);
    private RedisServer? _single;
    private RedisCluster? _cluster;

    /// <summary>The connection string of a single server.</summary>
    public async Task<string> SingleAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return named;
        }

        await _starting.WaitAsync(SocketIOHost.Ct);
        try
        {
            return (_single ??= await RedisServer.StartAsync()).Address;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>The connection string of a cluster of three.</summary>
    public async Task<string> ClusterAsync()
    {
        await _starting.WaitAsync(SocketIOHost.Ct);
        try
        {
            return (_cluster ??= await RedisCluster.StartAsync()).ConnectionString;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_single is not null)
        {
            await _single.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _starting.Dispose();
    }
}
