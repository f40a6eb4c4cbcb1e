using System.Net;

namespace Caas.Engines.Doctor;

/// <summary>
/// Reads when the certificate ends that a server shows to whoever begins TLS with it. Whether it is trusted is for the
/// engine's own client to say, which uses it.
/// </summary>
/// <exception cref="IOException">The server showed none.</exception>
public delegate Task<DateTimeOffset> CertificateEnd(DnsEndPoint server, CancellationToken cancellationToken);
