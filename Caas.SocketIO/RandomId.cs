using System.Buffers.Text;
using System.Security.Cryptography;

namespace Caas.SocketIO;

internal static class RandomId
{
    private const int Bytes = 16;

    /// <summary>128 random bits in base64url, 22 characters.</summary>
    public static string Create()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
