using Caas.Domain.Events;
using Caas.Tests.Contracts;
using Caas.Tests.Engines.LocalRegistry;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Engines.SchemaRegistry;

/// <summary>Confluent's client against the registry that the product serves itself.</summary>
public sealed class ServedSchemaRegistryTests : SchemaRegistryContract
{
    private RegistryServer? _server;
    private ServiceProvider? _services;

    protected override async ValueTask<ISchemaRegistry> StartAsync()
    {
        _server = await RegistryServer.StartAsync(Stop);
        return Open();
    }

    protected override async ValueTask<ISchemaRegistry> RestartAsync()
    {
        await _services!.DisposeAsync();
        return Open();
    }

    protected override async ValueTask StopAsync()
    {
        await _services!.DisposeAsync();
        await _server!.DisposeAsync();
    }

    private ISchemaRegistry Open()
    {
        _services = RegistryServices.Build(("ConnectionStrings:schemaregistry", _server!.Http.BaseAddress!.ToString()));
        return _services.GetRequiredService<ISchemaRegistry>();
    }
}

/// <summary>
/// Against the registry that <c>CAAS_TEST_SCHEMAREGISTRY</c> names. It is not emptied: each test has subjects of its own.
/// </summary>
public sealed class RealSchemaRegistryTests : SchemaRegistryContract
{
    private readonly string _run = $"caas-test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}-";
    private ServiceProvider? _services;

    protected override ValueTask<ISchemaRegistry> StartAsync()
    {
        var address = Environment.GetEnvironmentVariable("CAAS_TEST_SCHEMAREGISTRY");
        Assert.SkipWhen(string.IsNullOrEmpty(address), "CAAS_TEST_SCHEMAREGISTRY names no schema registry.");
        _services = RegistryServices.Build(("ConnectionStrings:schemaregistry", address));
        return ValueTask.FromResult<ISchemaRegistry>(new OwnSubjects(_services.GetRequiredService<ISchemaRegistry>(), _run));
    }

    protected override async ValueTask<ISchemaRegistry> RestartAsync()
    {
        await _services!.DisposeAsync();
        return await StartAsync();
    }

    protected override ValueTask StopAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class OwnSubjects(ISchemaRegistry registry, string prefix) : ISchemaRegistry
    {
        public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken) =>
            registry.RegisterAsync(prefix + subject, schema, cancellationToken);

        public ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken) => registry.FindAsync(id, cancellationToken);
    }
}
