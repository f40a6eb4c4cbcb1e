using Caas.Consumers;
using Caas.Engines;
using Caas.Engines.Doctor;
using Caas.Gateway;
using Caas.Http.Hosting;
using Caas.Messaging;
using Caas.Standalone.Hosting;

namespace Caas.Standalone.Doctor;

/// <summary>A process that is configured as the product's would be, and never started: what it would stand on is looked at.</summary>
internal static class DoctorHost
{
    /// <summary>The process.</summary>
    /// <param name="isShared">Whether engines that nobody configured are the cluster's, as in a service of its own.</param>
    public static ServiceHost Create(bool isShared) => new(new HostPlan
    {
        Name = "caas",
        Clock = TimeProvider.System,
        Sides =
        [
            new SideListener("metrics", MetricsOptions.Section, new MetricsOptions().Port, static _ => { }),
            new SideListener("schema-registry", SchemaRegistryOptions.Section, new SchemaRegistryOptions().Port, static _ => { }),
        ],
        Add = builder =>
        {
            // The report is all that is said; what an engine would log is in its findings.
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IExamination, MachineExamination>();
            builder.Services.AddSingleton<IExamination, SecretsExamination>();
            (isShared ? builder.AddSharedEngines() : builder.AddEngines()).Services.AddGateway().AddMessaging().AddConsumers();
        },
        OpenAsync = static (_, _) => Task.CompletedTask,
        Map = static _ => { },
    });
}
