using Caas.Domain.Errors;
using Caas.Domain.Keys;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>While a folder is moved away nothing is written to it, and a move that died closes nothing.</summary>
public sealed class WriteGateTests : IAsyncDisposable
{
    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MoveMark Mark => new(_engine.Folder);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_write_is_refused_from_the_moment_of_the_mark_and_reads_go_on()
    {
        var secrets = (await _engine.OpenAsync(_clock)).GetRequiredService<IPlatformSecrets>();
        await secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct);
        using var held = Mark.TryLock();
        await Mark.WriteAsync(new MoveNote("move", Done: false, "elsewhere", _clock.GetUtcNow()), Ct);

        var refused = await Should.ThrowAsync<StorageException>(() => secrets.GetOrAddAsync("two", new byte[] { 2 }, Ct).AsTask());

        refused.Error.Code.ShouldBe(ErrorCatalogue.ServiceUnavailable);
        refused.Error.RetryAfter.ShouldNotBeNull();
        (await secrets.FindAsync("one", Ct)).ShouldNotBeNull();
        Mark.Remove();
        await secrets.GetOrAddAsync("two", new byte[] { 2 }, Ct);
    }

    [Fact]
    public async Task A_mark_whose_process_died_is_taken_back_by_the_next_write_a_second_later()
    {
        var secrets = (await _engine.OpenAsync(_clock)).GetRequiredService<IPlatformSecrets>();
        var held = Mark.TryLock();
        await Mark.WriteAsync(new MoveNote("move", Done: false, "elsewhere", _clock.GetUtcNow()), Ct);
        await Should.ThrowAsync<StorageException>(() => secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct).AsTask());
        await held!.DisposeAsync();
        await Should.ThrowAsync<StorageException>(() => secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct).AsTask());

        _clock.Advance(TimeSpan.FromSeconds(1));

        await secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct);
        Mark.IsSet.ShouldBeFalse();
    }

    [Fact]
    public async Task A_move_that_is_done_stays_done_when_its_process_is_gone()
    {
        var secrets = (await _engine.OpenAsync(_clock)).GetRequiredService<IPlatformSecrets>();
        await Mark.WriteAsync(new MoveNote("move", Done: true, "elsewhere", _clock.GetUtcNow()), Ct);

        await Should.ThrowAsync<StorageException>(() => secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct).AsTask());
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<StorageException>(() => secrets.GetOrAddAsync("one", new byte[] { 1 }, Ct).AsTask());

        Mark.IsSet.ShouldBeTrue();
    }
}
