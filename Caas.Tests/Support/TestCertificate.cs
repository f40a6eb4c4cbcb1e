using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caas.Tests.Support;

/// <summary>An authority made for one test, and a server's certificate of it, as PEM files for <c>localhost</c> and 127.0.0.1.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestCertificate()
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(from, from.AddDays(3));

        using var key = RSA.Create(2048);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using var signed = server.Create(Authority, from, from.AddDays(2), [1, 2, 3, 4]);
        File.WriteAllText(AuthorityPath, Authority.ExportCertificatePem());
        File.WriteAllText(CertificatePath, signed.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Authority { get; }

    public string AuthorityPath => Path.Combine(_folder.Path, "authority.pem");

    public string CertificatePath => Path.Combine(_folder.Path, "server.pem");

    public string KeyPath => Path.Combine(_folder.Path, "server.key");

    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }
}
