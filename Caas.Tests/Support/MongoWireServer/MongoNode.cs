using Caas.Tests.Support.MongoWireServer.Commands;
using Caas.Tests.Support.MongoWireServer.Storage;

namespace Caas.Tests.Support.MongoWireServer;

/// <summary>What the commands of every connection share.</summary>
internal sealed class MongoNode(MongoWireOptions options)
{
    public MongoWireOptions Options => options;

    /// <summary>The address that the node announces; fixed with the first start.</summary>
    public string Address { get; set; } = string.Empty;

    public DocumentStore Store { get; } = new(options.Time, options.TransactionLifetime);

    public SessionTable Sessions { get; } = new();

    public CursorTable Cursors { get; } = new();

    public CommandLog Log { get; } = new();

    public FaultPlan Faults { get; } = new();
}
