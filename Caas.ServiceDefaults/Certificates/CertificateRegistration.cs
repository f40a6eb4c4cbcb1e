using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Caas.ServiceDefaults.Certificates;

/// <summary>Registers the watch over certificates.</summary>
internal static class CertificateRegistration
{
    public static IServiceCollection AddCertificateWatch(this IServiceCollection services)
    {
        services.AddOptions<CertificateOptions>().BindConfiguration(CertificateOptions.Section).ValidateOnStart();
        return services
            .AddMetrics()
            .AddSingleton<IValidateOptions<CertificateOptions>, Validation>()
            .AddSingleton<CertificateMetrics>()
            .AddHostedService<CertificateWatch>();
    }

    private sealed class Validation : IValidateOptions<CertificateOptions>
    {
        public ValidateOptionsResult Validate(string? name, CertificateOptions options) =>
            options.Validate().ToArray() is { Length: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
