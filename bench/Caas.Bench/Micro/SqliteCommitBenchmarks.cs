using BenchmarkDotNet.Attributes;
using Caas.Bench.Processes;
using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Bench.Micro;

/// <summary>Sends through the one write port, each durable when it completes: one alone, and 64 that share a flush.</summary>
public class SqliteCommitBenchmarks : IAsyncDisposable
{
    private const int Together = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly ClientId _client = new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
    private readonly ConversationId _conversation = new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
    private readonly UserId _sender = UserId.Parse("alice");
    private readonly ChangeOrigin _origin = ChangeOrigin.Of(new Actor(ActorType.User, "alice"));
    private readonly byte[] _salt = new byte[MessageLeaf.SaltBytes];
    private ServiceProvider? _provider;
    private IConversationLog? _log;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _provider = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSqliteDocuments()
            .Configure<DataOptions>(options => options.Path = _folder.Path)
            .BuildServiceProvider();
        await _provider.GetRequiredService<SqliteDocuments>().OpenAsync(CancellationToken.None);
        _log = _provider.GetRequiredService<IConversationLog>();
        await CommitAsync(new NewConversation(_origin)
        {
            Type = ConversationType.Group,
            History = HistoryAccess.All,
            Members = [new NewMember(_sender, MemberRole.Owner)],
        });
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _provider!.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public Task One() => CommitAsync(Message());

    [Benchmark(OperationsPerInvoke = Together)]
    public Task SixtyFourTogether() => Task.WhenAll(Enumerable.Range(0, Together).Select(_ => CommitAsync(Message())));

    private async Task CommitAsync(ConversationChange change)
    {
        var committed = await _log!.CommitAsync(_client, _conversation, change, CommitConditions.None, CancellationToken.None);
        if (committed.Error is { } error)
        {
            throw new BenchException(error.ToString());
        }
    }

    private NewMessage Message()
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        return new NewMessage(_origin)
        {
            Id = new MessageId(id),
            SenderId = _sender,
            ClientMessageId = id.ToString(),
            Content = new MessageContent("The quick brown fox jumps over the lazy dog, again and again and again..", [], null, [], null),
            Salt = _salt,
        };
    }
}
