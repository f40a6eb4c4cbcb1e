namespace Caas.AppHost.Resources;

/// <summary>Every engine of the deployment.</summary>
/// <param name="Used">Those that the services cannot start without.</param>
/// <param name="Declared">Those of features to come: their addresses are known to the services, nobody waits for them.</param>
internal sealed record Engines(IReadOnlyList<Engine> Used, IReadOnlyList<Engine> Declared);

/// <summary>One engine, as a service refers to it.</summary>
/// <param name="Connection">Its connection string, under its name in docs/configuration.md.</param>
internal record Engine(IResourceBuilder<IResourceWithConnectionString> Connection)
{
    /// <summary>The containers that have to run before it can be used.</summary>
    public IReadOnlyList<IResourceBuilder<ContainerResource>> Containers { get; init; } = [];

    /// <summary>The container that prepares it and ends; null where nothing is to prepare.</summary>
    public IResourceBuilder<ContainerResource>? Preparation { get; init; }

    /// <summary>The password in its connection string; null where there is none.</summary>
    public IResourceBuilder<ParameterResource>? Password { get; init; }

    /// <summary>What a service has to know of it beside the connection string.</summary>
    public IReadOnlyList<EngineSetting> Settings { get; init; } = [];
}

/// <summary>One setting of an engine's client.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">A text, or a parameter.</param>
internal sealed record EngineSetting(string Name, object Value);

/// <summary>Kafka, which containers know by another address than processes of this machine.</summary>
/// <param name="Connection">The bootstrap servers, healthy when every broker and topic is there.</param>
/// <param name="Internal">The bootstrap servers as containers see them.</param>
internal sealed record KafkaEngine(IResourceBuilder<IResourceWithConnectionString> Connection, ReferenceExpression Internal)
    : Engine(Connection);

/// <summary>Starting after an engine.</summary>
internal static class EngineWaits
{
    /// <summary>
    /// Starts a resource when the engine says that it is ready, when run; what is published knows the order of its
    /// containers alone.
    /// </summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> resource, Engine engine)
        where T : IResourceWithWaitSupport
    {
        foreach (var container in engine.Containers)
        {
            resource.WaitForStart(container);
        }

        // When run the engine's own health says that it was prepared, and a preparation that failed can be started again.
        if (engine.Preparation is { } preparation && resource.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            resource.WaitForCompletion(preparation);
        }

        return resource.WaitFor(engine.Connection);
    }
}
