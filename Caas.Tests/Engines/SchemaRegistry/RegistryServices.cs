using Caas.Engines.SchemaRegistry;
using Caas.Tests.Engines.LocalLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Engines.SchemaRegistry;

/// <summary>The engine, registered as a host registers it.</summary>
internal static class RegistryServices
{
    public static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddConfluentSchemaRegistry();
        builder.Services.AddLogging();
        builder.Services.AddSingleton<ILogger<ConfluentSchemaRegistry>, RecordingLogger<ConfluentSchemaRegistry>>();
        return builder.Services.BuildServiceProvider();
    }
}
