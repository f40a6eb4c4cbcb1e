using Microsoft.AspNetCore.Builder;

namespace Caas.Http.Hosting;

/// <summary>A listener beside the API's, on a port of its own, that serves nothing else.</summary>
/// <param name="Name">What it is called where the host says that it listens.</param>
/// <param name="Section">The configuration section whose <c>Port</c> is its port.</param>
/// <param name="DefaultPort">The port where nothing is configured.</param>
/// <param name="Map">What it serves.</param>
public sealed record SideListener(string Name, string Section, int DefaultPort, Action<IApplicationBuilder> Map);
