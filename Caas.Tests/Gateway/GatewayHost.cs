using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Caas.Standalone.Hosting;
using Caas.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Gateway;

/// <summary>The whole product in this process, on free ports and over a folder of its own.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    public const string PlatformKey = "caas_platform_for_the_tests_0123456789";

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly HttpClient _http;

    private GatewayHost(WebApplication app, string folder)
    {
        _app = app;
        _folder = folder;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Address = new Uri(addresses.Addresses.First());
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<GatewayHost> StartAsync(TimeProvider? clock = null, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("caas-gateway-").FullName;
        string[] args =
        [
            "--Caas:Http:Port", "0", "--Caas:Metrics:Port", "0", "--Caas:SchemaRegistry:Port", "0",
            "--Caas:Data:Path", folder, "--Caas:Registration:Open", "true", "--Caas:Platform:Key", PlatformKey,
            "--Caas:Limits:PerIpPerMinute", "0", "--Caas:Http:AllowLoopbackOrigins", "false", .. settings,
        ];
        var host = StandaloneHost.Create();
        var app = host.Build(args, services => Replace(services, clock), out var read);
        await host.StartAsync(app, read, Ct);
        return new GatewayHost(app, folder);
    }

    /// <summary>Registers a client, and gives its first key and the ids.</summary>
    public async Task<TestClient> RegisterAsync(string name = "Acme")
    {
        var answer = await PostAsync("/api/clients", credential: null, $$"""{"name":"{{name}}","email":"dev@acme.test"}""");
        answer.Status.ShouldBe(201);
        var body = answer.Json;
        return new TestClient(
            body.GetProperty("client").GetProperty("id").GetString()!,
            body.GetProperty("application").GetProperty("id").GetString()!,
            body.GetProperty("apiKey").GetProperty("id").GetString()!,
            body.GetProperty("apiKey").GetProperty("key").GetString()!);
    }

    /// <summary>Makes a user and mints tokens for a new device of theirs.</summary>
    public async Task<TestTokens> SignInAsync(TestClient client, string user = "ann")
    {
        (await SendAsync(HttpMethod.Put, $"/api/users/{user}", client.Key, "{}")).Status.ShouldBeInRange(200, 201);
        var minted = await PostAsync("/api/tokens", client.Key, $$"""{"userId":"{{user}}"}""");
        minted.Status.ShouldBe(201);
        return TestTokens.Of(minted.Json);
    }

    public Task<Answer> RefreshAsync(string refreshToken) =>
        PostAsync("/api/tokens/refresh", credential: null, $$"""{"refreshToken":"{{refreshToken}}"}""");

    public Task<Answer> GetAsync(string path, string? credential, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, credential, body: null, headers);

    public Task<Answer> PostAsync(string path, string? credential, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, credential, body, headers);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? credential, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using var response = await _http.SendAsync(request, Ct);
        return new Answer(
            (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsStringAsync(Ct));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Replace(IServiceCollection services, TimeProvider? clock)
    {
        services.AddLogging(logging => logging.ClearProviders());

        // The test runner's signals are its own.
        services.AddSingleton<IHostLifetime, NoSignals>();
        if (clock is not null)
        {
            services.AddSingleton(clock);
        }
    }
}

/// <summary>What the product answered.</summary>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Status >= 400 ? Json.GetProperty("code").GetString() : null;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A registered client.</summary>
public sealed record TestClient(string Id, string ApplicationId, string KeyId, string Key);

/// <summary>The tokens of a device.</summary>
public sealed record TestTokens(string Access, string Refresh, string SessionId, string DeviceId)
{
    public static TestTokens Of(JsonElement body) => new(
        body.GetProperty("accessToken").GetString()!,
        body.GetProperty("refreshToken").GetString()!,
        body.GetProperty("sessionId").GetString()!,
        body.GetProperty("deviceId").GetString()!);
}

/// <summary>One product for the tests that keep to a client of their own.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    public GatewayHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>The tests that share <see cref="SharedGateway"/>.</summary>
[CollectionDefinition(nameof(GatewayCollection))]
public sealed class GatewayCollection : ICollectionFixture<SharedGateway>;
