using System.Security.Cryptography;
using Caas.Domain.Keys;
using Caas.Http.Credentials;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Http.Hosting;

/// <summary>The operator's key: configured, or made at the first start, of which only the hash is kept.</summary>
internal sealed class PlatformKeySetup
{
    private const string Configured = "Caas:Platform:Key";
    private const string SecretName = "platform-key-hash";
    private const int MinLength = 24;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private PlatformKey? _key;
    private string? _new;

    /// <summary>The key to compare with.</summary>
    public PlatformKey Key => _key ?? throw new InvalidOperationException("The host has not loaded the platform key.");

    /// <summary>
    /// Loads it. Where there is none, makes one that is not kept yet, or, in a process that makes none, one that nobody
    /// knows: what the key opens is served by another.
    /// </summary>
    public static async Task LoadAsync(IServiceProvider services, bool isMaker, CancellationToken cancellationToken)
    {
        var setup = services.GetRequiredService<PlatformKeySetup>();
        if (services.GetRequiredService<IConfiguration>()[Configured] is { Length: > 0 } configured)
        {
            setup._key = configured.Length >= MinLength
                ? new PlatformKey(PlatformKey.HashOf(configured))
                : throw new ConfigurationException($"{Configured}: must have at least {MinLength} characters.");
        }
        else if (await services.GetRequiredService<IPlatformSecrets>().FindAsync(SecretName, cancellationToken) is { } kept)
        {
            setup._key = new PlatformKey(kept);
        }
        else
        {
            var made = "caas_platform_" + RandomNumberGenerator.GetString(Digits, 40);
            setup._new = isMaker ? made : null;
            setup._key = new PlatformKey(PlatformKey.HashOf(made));
        }
    }

    /// <summary>
    /// Keeps the hash of a new key and gives the key, to be shown once, else null. After everything that can stop a first
    /// start: a key that was kept and never shown would be lost to its operator.
    /// </summary>
    public static async Task<string?> KeepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var setup = services.GetRequiredService<PlatformKeySetup>();
        if (setup._new is { } made)
        {
            await services.GetRequiredService<IPlatformSecrets>()
                .GetOrAddAsync(SecretName, PlatformKey.HashOf(made), cancellationToken);
        }

        return setup._new;
    }
}
