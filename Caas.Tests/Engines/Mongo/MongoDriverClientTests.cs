using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines;
using Caas.Engines.Documents;
using Caas.Engines.Mongo;
using Caas.Engines.Mongo.Storage;
using Caas.Tests.Engines.LocalLog;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>How the deployment is reached: settings, credentials, TLS, and what happens where it cannot be.</summary>
public sealed class MongoDriverClientTests
{
    private const int StartWaits = 7303;

    private static readonly ClientId Client = new(Guid.CreateVersion7());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bounds_and_the_durability_are_ours_whatever_the_connection_string_says()
    {
        await using var provider = Provider("mongodb://host/?w=1&journal=false&readPreference=secondary&maxPoolSize=7&retryWrites=false");

        var settings = provider.GetRequiredService<IMongoClient>().Settings;

        (settings.MaxConnectionPoolSize, settings.ServerSelectionTimeout, settings.ConnectTimeout)
            .ShouldBe((100, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1.5)));
        settings.WriteConcern.ToBsonDocument()
            .ShouldBe(new BsonDocument { { "w", "majority" }, { "wtimeout", 2000.0 }, { "j", true } });
        (settings.ReadConcern, settings.ReadPreference, settings.RetryWrites)
            .ShouldBe((ReadConcern.Majority, ReadPreference.Primary, true));
    }

    [Fact]
    public async Task Aspires_keys_hold()
    {
        await using var provider = Provider(
            connectionString: null,
            ("Aspire:MongoDB:Driver:ConnectionString", "mongodb://one"),
            ("Aspire:MongoDB:Driver:mongodb:ConnectionString", "mongodb://two"),
            ("Aspire:MongoDB:Driver:DisableTracing", "true"),
            ("Aspire:MongoDB:Driver:HealthCheckTimeout", "700"));

        var settings = provider.GetRequiredService<IMongoClient>().Settings;
        var checks = provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<HealthCheckServiceOptions>>().Value.Registrations;

        (settings.Server.Host, settings.TracingOptions.Disabled).ShouldBe(("two", true));
        checks.Single(check => check.Name == "MongoDB.Driver").Timeout.ShouldBe(TimeSpan.FromMilliseconds(700));
        await using var without = Provider("mongodb://one", ("Aspire:MongoDB:Driver:DisableHealthChecks", "true"));
        without.GetRequiredService<Microsoft.Extensions.Options.IOptions<HealthCheckServiceOptions>>().Value.Registrations
            .Select(check => check.Name).ShouldBe(["documents"]);
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("mongodb://user:secret@", "is no MongoDB connection string")]
    public void A_connection_string_that_cannot_be_used_ends_the_start_and_is_not_repeated(string? text, string reason)
    {
        // Aspire's integration reads it as it is registered, ours when it is asked for: both before anything listens.
        var failure = Should.Throw<EngineStartException>(() =>
        {
            using var provider = Provider(text);
            provider.GetRequiredService<IMongoClient>();
        });

        failure.Message.ShouldStartWith($"ConnectionStrings:mongodb: {reason}");
        failure.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var options = new MongoOptions { DatabasePrefix = "Caas-", MaxBatch = 0, ReadTimeout = TimeSpan.Zero };

        options.Validate().ShouldBe(
        [
            "Caas:Mongo:DatabasePrefix: must be 1 to 30 of a-z, 0-9 and _.",
            "Caas:Mongo:MaxBatch: must be between 1 and 10000.",
            "Caas:Mongo:ReadTimeout: must be between 00:00:00.1 and 00:01:00.",
        ]);
    }

    [Fact]
    public async Task Credentials_and_TLS_are_the_connection_strings()
    {
        using var certificate = NewCertificate();
        await using var server = MongoWireServer.Start(new MongoWireOptions { User = ("caas", "s3cret"), Certificate = certificate });

        await using var provider = Provider(server.ConnectionString + "&tlsInsecure=true");
        await OpenAsync(provider);

        (await provider.GetRequiredService<IUserStore>().FindAsync(Client, UserId.Parse("ann"), Ct)).ShouldBeNull();
        server.Commands.ShouldContain(command => command.Name == "saslStart");
    }

    [Fact]
    public async Task A_start_waits_for_a_deployment_that_comes_later()
    {
        await using var server = MongoWireServer.Start();
        await server.StopAsync();
        await using var provider = Provider(server.ConnectionString, ("Caas:Mongo:ServerTimeout", "00:00:00.5"));
        var logger = (RecordingLogger<MongoDocuments>)provider.GetRequiredService<ILogger<MongoDocuments>>();
        var waits = logger.WaitForAsync(StartWaits);
        var opened = OpenAsync(provider);
        await waits.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        server.Listen();

        await opened.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task A_deployment_that_does_not_come_ends_the_start()
    {
        await using var server = MongoWireServer.Start();
        await server.StopAsync();
        await using var provider = Provider(
            server.ConnectionString, ("Caas:Mongo:ServerTimeout", "00:00:00.2"), ("Caas:Mongo:StartTimeout", "00:00:00.3"));

        var failure = await Should.ThrowAsync<EngineStartException>(() => OpenAsync(provider));

        failure.Message.ShouldStartWith("ConnectionStrings:mongodb: ");
    }

    [Fact]
    public async Task A_wrong_password_ends_the_start_without_a_word_of_it()
    {
        await using var server = MongoWireServer.Start(new MongoWireOptions { User = ("caas", "s3cret") });
        await using var provider = Provider(server.ConnectionString.Replace("s3cret", "wr0ng", StringComparison.Ordinal));

        var failure = await Should.ThrowAsync<EngineStartException>(() => OpenAsync(provider));

        failure.Message.ShouldStartWith("ConnectionStrings:mongodb: ");
        failure.Message.ShouldNotContain("wr0ng");
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var server = MongoWireServer.Start();
        await using (var provider = Provider(server.ConnectionString))
        {
            await OpenAsync(provider);
            await provider.GetRequiredService<IMongoClient>().GetDatabase("caas_platform").GetCollection<BsonDocument>("counters")
                .UpdateOneAsync(new BsonDocument("_id", "schema"), new BsonDocument("$inc", new BsonDocument("v", 1L)), cancellationToken: Ct);
        }

        await using var older = Provider(server.ConnectionString);

        (await Should.ThrowAsync<EngineStartException>(() => OpenAsync(older))).Message.ShouldContain("caas_platform has schema 2");
    }

    [Fact]
    public async Task A_document_that_lacks_what_every_one_has_is_refused()
    {
        await using var server = MongoWireServer.Start();
        await using var provider = Provider(server.ConnectionString);
        await OpenAsync(provider);

        var database = provider.GetRequiredService<IMongoClient>().GetDatabase("caas_platform");

        await Should.ThrowAsync<MongoWriteException>(() => database.GetCollection<BsonDocument>("changes")
            .InsertOneAsync(new BsonDocument("_id", 1L), cancellationToken: Ct));
    }

    [Fact]
    public async Task A_server_that_is_silent_is_refused_in_time_and_works_again_without_a_restart()
    {
        await using var server = MongoWireServer.Start();
        await using var provider = Provider(server.ConnectionString, ("Caas:Mongo:ReadTimeout", "00:00:03"), ("Caas:Mongo:WriteTimeout", "00:00:03"));
        await OpenAsync(provider);
        var users = provider.GetRequiredService<IUserStore>();
        var drafts = new[] { new UserDraft(UserId.Parse("ann"), "Ann", null, UserRoles.User, null) };
        var origin = new ChangeOrigin(new Domain.Callers.Actor(Domain.Callers.ActorType.User, "ann"), null, null);
        (await users.PutAsync(Client, drafts, origin, null, null, Ct)).Error.ShouldBeNull();

        server.Stall();
        var began = Stopwatch.GetTimestamp();
        (await Should.ThrowAsync<StorageException>(async () => await users.FindAsync(Client, drafts[0].Id, Ct)))
            .Error.Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        (await users.PutAsync(Client, [drafts[0] with { Name = "Anna" }], origin, null, null, Ct)).Error!.Code
            .ShouldBe(ErrorCatalogue.StorageUnavailable);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        server.Resume();

        (await users.FindAsync(Client, drafts[0].Id, Ct))!.Id.ShouldBe(drafts[0].Id);
        (await users.PutAsync(Client, [drafts[0] with { Name = "Annie" }], origin, null, null, Ct)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses_and_what_waits_is_written()
    {
        await using var server = MongoWireServer.Start();
        await using var provider = Provider(server.ConnectionString, ("Caas:Mongo:MaxQueuedWrites", "5"), ("Caas:Mongo:WriteTimeout", "00:00:30"));
        await OpenAsync(provider);
        var log = provider.GetRequiredService<IConversationLog>();
        var id = new ConversationId(Guid.CreateVersion7());
        var origin = new ChangeOrigin(new Domain.Callers.Actor(Domain.Callers.ActorType.User, "ann"), null, null);
        NewConversation Made(ConversationId _) => new(origin)
        {
            Type = ConversationType.Group,
            History = HistoryAccess.All,
            Members = [new Domain.Members.NewMember(UserId.Parse("ann"), Domain.Members.MemberRole.Owner)],
        };
        var held = new WatchedChange(Made(id), holds: true);
        var first = log.CommitAsync(Client, id, held, CommitConditions.None, Ct).AsTask();
        await held.Held.WaitAsync(Ct);

        var rest = Enumerable.Range(0, 8).Select(_ => new ConversationId(Guid.CreateVersion7()))
            .Select(other => log.CommitAsync(Client, other, Made(other), CommitConditions.None, Ct).AsTask()).ToArray();
        held.Release();

        (await first).Error.ShouldBeNull();
        var results = await Task.WhenAll(rest);
        results.Count(result => result.Error is null).ShouldBe(5);
        results.Where(result => result.Error is not null).ShouldAllBe(result => result.Error!.Code == ErrorCatalogue.Overloaded);
    }

    private static ServiceProvider Provider(string? connectionString, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("ConnectionStrings:mongodb", connectionString!))
                .Where(setting => setting.Item2 is not null)
                .Select(setting => new KeyValuePair<string, string?>(setting.Item1, setting.Item2)));
        builder.AddMongoDriverClient();
        return builder.Services
            .AddLogging()
            .AddSingleton<IConfiguration>(builder.Configuration)
            .AddMongoDocuments()
            .AddSingleton<ILogger<MongoDocuments>, RecordingLogger<MongoDocuments>>()
            .BuildServiceProvider();
    }

    private static Task OpenAsync(IServiceProvider provider) => provider.OpenEnginesAsync(Ct);

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
