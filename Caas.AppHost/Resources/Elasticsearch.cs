using System.Net.Http.Headers;
using System.Text;

namespace Caas.AppHost.Resources;

/// <summary>Elasticsearch with a password: declared now, used when search comes. One node, whatever the topology.</summary>
internal static class Elasticsearch
{
    private const int Port = 9200;
    private const string User = "elastic";

    /// <summary>The address of it, with the password in it.</summary>
    public static Engine AddSearch(this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return new Engine(builder.AddConnectionString(name));
        }

        var password = builder.AddSecret($"{name}-password");
        var node = $"{name}-1";
        var nodes = new EngineNodes([node], new Footprint(name, MemoryMiB: 1536, MilliCores: 250)) { ReadyPort = Port };
        var container = builder.AddContainer(node, "elasticsearch/elasticsearch", "9.2.0")
            .WithImageRegistry("docker.elastic.co")
            .WithHttpEndpoint(targetPort: Port, name: "http")
            .WithEnvironment("ELASTIC_PASSWORD", password)
            .WithEnvironment("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
            .WithEnvironment("ES_SETTING_DISCOVERY_TYPE", "single-node")
            .WithEnvironment("ES_SETTING_XPACK_SECURITY_HTTP_SSL_ENABLED", "false")
            .WithEnvironment("ES_SETTING_INGEST_GEOIP_DOWNLOADER_ENABLED", "false")

            // Mapped files need a setting of the kernel (vm.max_map_count) that not every host has.
            .WithEnvironment("ES_SETTING_NODE_STORE_ALLOW__MMAP", "false")
            .WithData("/usr/share/elasticsearch/data", "20Gi", deployment)
            .PublishEngine(deployment, nodes);
        var address = container.GetEndpoint("http").Property(EndpointProperty.HostAndPort);
        var connection = builder
            .AddConnectionString(name, expression => expression.Append($"http://{User}:{password.Resource:uri}@{address}"))
            .WithEngineHealth(AskAsync);
        return new Engine(connection) { Containers = [container], Password = password };
    }

    private static async Task<string?> AskAsync(string connection, CancellationToken cancellationToken)
    {
        var address = new Uri(connection);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/_cluster/health"));
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        using var answer = await client.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode ? null : $"It answers {(int)answer.StatusCode}.";
    }
}
