namespace Caas.Standalone.Hosting;

/// <summary>What a person who starts the product reads first.</summary>
internal static class Welcome
{
    /// <summary>Writes where it listens, the new platform key, what to try, and that it is ready.</summary>
    public static void Write(TextWriter output, HostSettings settings, Listeners listeners, string? newPlatformKey)
    {
        var shown = settings.Http.Host;
        var api = listeners.Api.Url(shown);
        foreach (var listener in listeners.All)
        {
            output.WriteLine($"listening: {listener.Name} {listener.Url(shown)}");
        }

        if (newPlatformKey is not null)
        {
            output.WriteLine($"platform key (shown once, keep it): {newPlatformKey}");
        }

        output.WriteLine($"API reference: {api}/docs");
        output.WriteLine($"Demo, two people side by side: {api}/demo");
        output.WriteLine(
            settings.Registration.Open == true
                ? "Try it: register a client, make a user, mint a token."
                : "Try it with KEY from POST /api/clients, which needs the platform key here.");
        output.WriteLine($$"""
              KEY=$(curl -s {{api}}/api/clients -H 'Content-Type: application/json' -d '{"name":"Acme","email":"dev@acme.test"}' | grep -o 'caas_live_[0-9A-Za-z_]*')
              curl -s -X PUT {{api}}/api/users/ann -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"name":"Ann"}'
              curl -s {{api}}/api/tokens -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"userId":"ann"}'
            """);
        output.WriteLine("CaaS is ready");
        output.Flush();
    }
}
