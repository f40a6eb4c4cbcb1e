using System.Security.Cryptography.X509Certificates;

namespace Caas.Tests.Support.MongoWireServer;

/// <summary>What a wire server demands of its clients.</summary>
public sealed class MongoWireOptions
{
    /// <summary>The one user, who must sign in with SCRAM-SHA-256; null: everybody may do everything.</summary>
    public (string Name, string Password)? User { get; init; }

    /// <summary>The certificate of TLS; null: plain text.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How long a transaction may stay open.</summary>
    public TimeSpan TransactionLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What it tells of the set that it is part of.</summary>
    public MongoWireSet Set { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
