using Microsoft.AspNetCore.Builder;

namespace Caas.Http.Hosting;

/// <summary>What one process of the product is made of; <see cref="ServiceHost"/> runs it.</summary>
public sealed class HostPlan
{
    /// <summary>The name of the process in its telemetry.</summary>
    public required string Name { get; init; }

    /// <summary>Registers the defaults, the engines and the services.</summary>
    public required Action<WebApplicationBuilder> Add { get; init; }

    /// <summary>Opens the engines; before anything else is asked of them.</summary>
    public required Func<IServiceProvider, CancellationToken, Task> OpenAsync { get; init; }

    /// <summary>Maps what the process serves, behind the problem details.</summary>
    public required Action<WebApplication> Map { get; init; }

    /// <summary>The listeners beside the API's.</summary>
    public IReadOnlyList<SideListener> Sides { get; init; } = [];

    /// <summary>The wall clock of the process; timers are the machine's own.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Whether this process makes the platform key where none is configured or kept, and shows it once.</summary>
    public bool MakesPlatformKey { get; init; }

    /// <summary>What a person who starts it reads between where it listens and that it is ready.</summary>
    public Action<TextWriter, IServiceProvider, Uri> Greet { get; init; } = static (_, _, _) => { };
}
