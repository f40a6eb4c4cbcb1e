using Caas.Gateway.Clients;

namespace Caas.Standalone.Hosting;

/// <summary>What a person who starts the product reads first.</summary>
internal static class Welcome
{
    /// <summary>Writes what there is to see and to try.</summary>
    public static void Write(TextWriter output, IServiceProvider services, Uri address)
    {
        var api = address.GetLeftPart(UriPartial.Authority);
        output.WriteLine($"API reference: {api}/docs");
        output.WriteLine($"Demo, two people side by side: {api}/demo");
        output.WriteLine(
            services.GetRequiredService<RegistrationOptions>().Open == true
                ? "Try it: register a client, make a user, mint a token."
                : "Try it with KEY from POST /api/clients, which needs the platform key here.");
        output.WriteLine($$"""
              KEY=$(curl -s {{api}}/api/clients -H 'Content-Type: application/json' -d '{"name":"Acme","email":"dev@acme.test"}' | grep -o 'caas_live_[0-9A-Za-z_]*')
              curl -s -X PUT {{api}}/api/users/ann -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"name":"Ann"}'
              curl -s {{api}}/api/tokens -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"userId":"ann"}'
            """);
    }
}
