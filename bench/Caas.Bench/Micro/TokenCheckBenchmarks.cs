using BenchmarkDotNet.Attributes;
using Caas.Bench.Processes;
using Caas.Domain.Clients;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Domain.Validation;
using Caas.Engines.InMemory;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Http;
using Caas.Http.Cors;
using Caas.Http.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Bench.Micro;

/// <summary>
/// The credential's part of the pipeline as the hosts have it: an access token whose signature was verified before, its
/// revocation, and the user's limit.
/// </summary>
public class TokenCheckBenchmarks : IAsyncDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new();
    private ServiceProvider? _provider;
    private RequestDelegate? _pipeline;
    private string? _authorization;
    private long _passed;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _provider = Services().BuildServiceProvider();
        await _provider.GetRequiredService<SqliteDocuments>().OpenAsync(CancellationToken.None);
        await _provider.GetRequiredService<DeploymentSecrets>().LoadAsync(CancellationToken.None);
        await _provider.GetRequiredService<Revocations>().StartAsync(CancellationToken.None);
        _authorization = "Bearer " + await TokenAsync(_provider);
        var builder = new ApplicationBuilder(_provider).UseCredentials();
        builder.Run(_ =>
        {
            _passed++;
            return Task.CompletedTask;
        });
        _pipeline = builder.Build();
        await Check();
        if (_passed != 1)
        {
            throw new BenchException("The token was refused.");
        }
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _provider!.GetRequiredService<Revocations>().StopAsync(CancellationToken.None);
        await _provider!.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public Task Check()
    {
        var context = new DefaultHttpContext { RequestServices = _provider! };
        context.Request.Path = "/api/presence";
        context.Request.Headers.Authorization = _authorization;
        return _pipeline!(context);
    }

    private IServiceCollection Services() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSqliteDocuments()
        .Configure<DataOptions>(options => options.Path = _folder.Path)
        .AddInMemoryCounters()
        .AddCaasHttp()
        .AddSingleton(new LimitsOptions { PerUserPerMinute = int.MaxValue })
        .AddSingleton(new TokensOptions())
        .AddSingleton(new OriginOptions())
        .AddSingleton(new PlatformKey(PlatformKey.HashOf("a platform key that nobody presents")))
        .AddSingleton<ApiKeyFactory>()
        .AddSingleton<RegisterClient>();

    private static async Task<string> TokenAsync(IServiceProvider provider)
    {
        var registered = await provider.GetRequiredService<RegisterClient>()
            .ExecuteAsync(new RegisterClientInput("Bench", "bench@caas.test", null), CancellationToken.None);
        var client = registered.Value!;
        var now = TimeProvider.System.GetUtcNow();
        var session = new Session
        {
            Id = new SessionId(Guid.CreateVersion7(now)),
            UserId = UserId.Parse("alice"),
            DeviceId = new DeviceId(Guid.CreateVersion7(now)),
            ApplicationId = client.Application.Id,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        return await provider.GetRequiredService<IAccessTokenIssuer>()
            .IssueAsync(client.Client.Id, session, UserRoles.User, now, now + Lifetime, CancellationToken.None);
    }
}
