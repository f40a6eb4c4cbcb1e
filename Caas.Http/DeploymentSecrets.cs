using Caas.Domain.Ids;
using Caas.Domain.Keys;

namespace Caas.Http;

/// <summary>
/// The secrets that every node of a deployment shares. A host loads them after its engines are open and before it serves.
/// </summary>
public sealed class DeploymentSecrets(IPlatformSecrets secrets, IEntropy entropy)
{
    private const int KeyBytes = 32;

    private ReadOnlyMemory<byte>? _cursorKey;
    private ReadOnlyMemory<byte>? _refreshKey;

    /// <summary>Seals cursors.</summary>
    public ReadOnlyMemory<byte> CursorKey => _cursorKey ?? throw NotLoaded();

    /// <summary>Makes refresh tokens.</summary>
    public ReadOnlyMemory<byte> RefreshKey => _refreshKey ?? throw NotLoaded();

    /// <summary>Reads them, and makes those that are not there yet.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _cursorKey = await LoadAsync("cursor-key", cancellationToken);
        _refreshKey = await LoadAsync("refresh-key", cancellationToken);
    }

    // An empty key would sign as well as any: better no start than a deployment whose secrets everybody knows.
    private async ValueTask<ReadOnlyMemory<byte>> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var key = await secrets.GetOrAddAsync(name, NewKey(), cancellationToken);
        return key.Length == KeyBytes ? key : throw new InvalidDataException($"The secret {name} is damaged.");
    }

    private static InvalidOperationException NotLoaded() => new("The host has not loaded the deployment's secrets.");

    private byte[] NewKey()
    {
        var key = new byte[KeyBytes];
        entropy.Fill(key);
        return key;
    }
}
