using Caas.Domain.Events;
using Caas.Engines.LocalRegistry;
using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.LocalRegistry;

public sealed class LocalSchemaRegistryTests : SchemaRegistryContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caas-schemas-").FullName;
    private LocalSchemaRegistry? _registry;

    protected override ValueTask<ISchemaRegistry> StartAsync() =>
        ValueTask.FromResult<ISchemaRegistry>(_registry = new LocalSchemaRegistry(_folder));

    protected override ValueTask<ISchemaRegistry> RestartAsync()
    {
        _registry!.Dispose();
        return StartAsync();
    }

    protected override ValueTask StopAsync()
    {
        _registry!.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
