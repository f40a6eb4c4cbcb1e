using System.Security.Cryptography;
using System.Text;

namespace Caas.Http.Credentials;

/// <summary>The operator's key. Only its hash is held.</summary>
/// <param name="hash">SHA-256 of the key.</param>
public sealed class PlatformKey(ReadOnlyMemory<byte> hash)
{
    /// <summary>The hash of a key: what the platform's database keeps.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether this is the key, in constant time.</summary>
    public bool Matches(string key) => CryptographicOperations.FixedTimeEquals(HashOf(key), hash.Span);
}
