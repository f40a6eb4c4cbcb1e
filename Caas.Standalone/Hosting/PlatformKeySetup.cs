using System.Security.Cryptography;
using Caas.Domain.Keys;
using Caas.Http.Credentials;

namespace Caas.Standalone.Hosting;

/// <summary>The operator's key: configured, or made at the first start, of which only the hash is kept.</summary>
internal sealed class PlatformKeySetup
{
    private const string Configured = "Caas:Platform:Key";
    private const string SecretName = "platform-key-hash";
    private const int MinLength = 24;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private PlatformKey? _key;

    /// <summary>The key to compare with.</summary>
    public PlatformKey Key => _key ?? throw new InvalidOperationException("The host has not loaded the platform key.");

    /// <summary>Loads or makes it; a new one is given back, to be shown once, else null.</summary>
    public static async Task<string?> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var setup = services.GetRequiredService<PlatformKeySetup>();
        if (services.GetRequiredService<IConfiguration>()[Configured] is { Length: > 0 } configured)
        {
            setup._key = configured.Length >= MinLength
                ? new PlatformKey(PlatformKey.HashOf(configured))
                : throw new ConfigurationException($"{Configured}: must have at least {MinLength} characters.");
            return null;
        }

        var candidate = "caas_platform_" + RandomNumberGenerator.GetString(Digits, 40);
        var hash = PlatformKey.HashOf(candidate);
        var kept = await services.GetRequiredService<IPlatformSecrets>().GetOrAddAsync(SecretName, hash, cancellationToken);
        setup._key = new PlatformKey(kept);
        return kept.Span.SequenceEqual(hash) ? candidate : null;
    }
}
