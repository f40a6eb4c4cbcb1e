namespace Caas.Tests.Support.MongoWireServer.Protocol;

/// <summary>What a connection knows of its client; owned by the connection's loop.</summary>
internal sealed class ClientIdentity(int connectionNumber)
{
    public int ConnectionNumber => connectionNumber;

    public bool IsAuthenticated { get; set; }

    public ScramExchange? Exchange { get; set; }
}
