using System.Security.Cryptography;
using System.Text;

namespace Caas.Tests.Support.MongoWireServer.Protocol;

/// <summary>The server's side of SCRAM-SHA-256 (RFC 5802, 7677), without channel binding, for ASCII passwords.</summary>
internal sealed class ScramExchange(string user, string password)
{
    public const string Mechanism = "SCRAM-SHA-256";

    private const int Iterations = 4096;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(28);
    private string _firstBare = string.Empty;
    private string _serverFirst = string.Empty;

    /// <summary>Whether the client has shown that it knows the password.</summary>
    public bool IsProven { get; private set; }

    /// <summary><c>n,,n=user,r=nonce</c> is answered with <c>r=nonce,s=salt,i=iterations</c>.</summary>
    public string First(string message)
    {
        if (!message.StartsWith("n,,", StringComparison.Ordinal))
        {
            throw Refused();
        }

        _firstBare = message[3..];
        var fields = Fields(_firstBare);
        var escaped = user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        if (fields.GetValueOrDefault('n') != escaped)
        {
            throw Refused();
        }

        var nonce = fields['r'] + Convert.ToHexString(RandomNumberGenerator.GetBytes(18));
        _serverFirst = $"r={nonce},s={Convert.ToBase64String(_salt)},i={Iterations}";
        return _serverFirst;
    }

    /// <summary><c>c=biws,r=nonce,p=proof</c> is answered with <c>v=signature</c>.</summary>
    public string Final(string message)
    {
        var fields = Fields(message);
        if (fields.GetValueOrDefault('c') != "biws" || fields.GetValueOrDefault('r') != Fields(_serverFirst)['r'])
        {
            throw Refused();
        }

        var exchanged = Encoding.UTF8.GetBytes(
            $"{_firstBare},{_serverFirst},{message[..message.LastIndexOf(",p=", StringComparison.Ordinal)]}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, _salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var clientKey = Xor(Convert.FromBase64String(fields['p']), HMACSHA256.HashData(storedKey, exchanged));
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), storedKey))
        {
            throw Refused();
        }

        IsProven = true;
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"v={Convert.ToBase64String(HMACSHA256.HashData(serverKey, exchanged))}";
    }

    private static Dictionary<char, string> Fields(string message) =>
        message.Split(',').ToDictionary(field => field[0], field => field[2..]);

    private static byte[] Xor(byte[] one, byte[] other) => [.. one.Zip(other, (x, y) => (byte)(x ^ y))];

    private static CommandFailure Refused() => new(MongoErrors.AuthenticationFailed, "Authentication failed.");
}
