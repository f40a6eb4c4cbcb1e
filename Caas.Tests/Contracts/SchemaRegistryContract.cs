using Caas.Domain.Events;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="ISchemaRegistry"/> promises.</summary>
public abstract class SchemaRegistryContract : IAsyncLifetime
{
    private const string First = """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"}]}""";

    private const string WithDefault =
        """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"},{"name":"note","type":["null","string"],"default":null}]}""";

    private const string WithoutDefault =
        """{"type":"record","name":"Thing","namespace":"n","fields":[{"name":"id","type":"string"},{"name":"note","type":"string"}]}""";

    protected ISchemaRegistry Registry { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Registry = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_schema_keeps_its_id()
    {
        var id = await Registry.RegisterAsync("s", First, Stop);

        (await Registry.RegisterAsync("s", First, Stop)).ShouldBe(id);
        (await Registry.RegisterAsync("other", First, Stop)).ShouldBe(id);
        (await Registry.RegisterAsync("s", "  " + First.Replace(",", " ,\n", StringComparison.Ordinal), Stop)).ShouldBe(id);
        (await Registry.RegisterAsync("s", WithDefault, Stop)).ShouldNotBe(id);
    }

    [Fact]
    public async Task A_schema_is_found_by_its_id_alone()
    {
        var id = await Registry.RegisterAsync("s", First, Stop);

        (await Registry.FindAsync(id, Stop)).ShouldNotBeNull().ShouldContain("Thing");
        (await Registry.FindAsync(id + 1000, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_version_that_the_level_forbids_is_refused_and_leaves_nothing()
    {
        await Registry.RegisterAsync("s", First, Stop);

        await Should.ThrowAsync<InvalidDataException>(async () => await Registry.RegisterAsync("s", WithoutDefault, Stop));
        var id = await Registry.RegisterAsync("s", WithDefault, Stop);

        (await Registry.RegisterAsync("s", WithDefault, Stop)).ShouldBe(id);
    }

    [Fact]
    public async Task What_is_no_schema_is_refused()
    {
        await Should.ThrowAsync<InvalidDataException>(async () => await Registry.RegisterAsync("s", "{", Stop));
        await Should.ThrowAsync<InvalidDataException>(async () =>
            await Registry.RegisterAsync("s", """{"type":"record","name":"R","fields":[{"name":"f","type":"nothing"}]}""", Stop));
    }

    [Fact]
    public async Task Of_many_who_register_at_once_all_get_one_id()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            await Task.Yield();
            return await Registry.RegisterAsync("s", First, Stop);
        }));

        ids.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Ids_outlive_a_restart()
    {
        var id = await Registry.RegisterAsync("s", First, Stop);
        Registry = await RestartAsync();

        (await Registry.RegisterAsync("s", First, Stop)).ShouldBe(id);
        (await Registry.FindAsync(id, Stop)).ShouldNotBeNull();
        await Should.ThrowAsync<InvalidDataException>(async () => await Registry.RegisterAsync("s", WithoutDefault, Stop));
    }

    /// <summary>The adapter, with nothing in it.</summary>
    protected abstract ValueTask<ISchemaRegistry> StartAsync();

    /// <summary>The adapter anew over what it kept.</summary>
    protected abstract ValueTask<ISchemaRegistry> RestartAsync();

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();
}
