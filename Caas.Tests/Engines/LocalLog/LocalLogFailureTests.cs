using System.Text;
using Caas.Domain.Events;
using Caas.Engines.LocalLog;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.LocalLog;

public sealed class LocalLogFailureTests : IAsyncLifetime
{
    private readonly LocalLogFixture _fixture = new();
    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(60));

    private CancellationToken Guard => _guard.Token;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _guard.Dispose();
    }

    [Fact]
    public async Task What_AppendAsync_completed_is_there_after_a_kill()
    {
        var stream = _fixture.Open();
        for (var i = 0; i < 20; i++)
        {
            await stream.AppendAsync("t", [Record("a", $"{i}")], Guard);
        }

        stream = await _fixture.KillAsync(stream);

        (await ReadAllAsync(stream, 20)).ShouldBe(Enumerable.Range(0, 20).Select(static i => $"{i}"));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(40)]
    public async Task A_batch_with_a_flipped_bit_is_refused_and_never_skipped(int at)
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "first")], Guard);
        await stream.AppendAsync("t", [Record("a", "second"), Record("a", "third")], Guard);
        await stream.AppendAsync("t", [Record("a", "fourth")], Guard);
        await stream.DisposeAsync();
        Damage(offset: 1, at);

        stream = _fixture.Open();
        var member = await stream.SubscribeAsync("t", "g", Guard);

        Text((await member.ReadAsync(Guard)).Records.Single()).ShouldBe("first");
        var error = await Should.ThrowAsync<InvalidDataException>(async () => await member.ReadAsync(Guard));
        error.Message.ShouldContain("t/1 at offset 1");
        var stopped = member.ReadAsync(Guard).AsTask();
        stopped.IsCompleted.ShouldBeFalse();
        _fixture.Logger.Entries.ShouldContain(static entry => entry.Id == 4103);

        await member.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(stopped);
    }

    [Fact]
    public async Task A_missing_batch_is_refused()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "first")], Guard);
        await stream.AppendAsync("t", [Record("a", "second")], Guard);
        await stream.DisposeAsync();
        _fixture.Execute("DELETE FROM batches WHERE base_offset = 0").ShouldBe(1);

        stream = _fixture.Open();
        var member = await stream.SubscribeAsync("t", "g", Guard);

        await Should.ThrowAsync<InvalidDataException>(async () => await member.ReadAsync(Guard));
    }

    [Fact]
    public async Task A_damaged_partition_does_not_hold_up_the_others()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "damaged")], Guard);
        await stream.AppendAsync("t", [Record(OfAnotherPartition("a"), "whole")], Guard);
        await stream.DisposeAsync();
        Damage(offset: 0, at: 40);

        stream = _fixture.Open();
        var member = await stream.SubscribeAsync("t", "g", Guard);

        var texts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            try
            {
                texts.Add(Text((await member.ReadAsync(Guard)).Records.Single()));
            }
            catch (InvalidDataException)
            {
                texts.Add("refused");
            }
        }

        texts.Count(static text => text is "refused").ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_that_SQLite_refuses_fails_alone()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "before")], Guard);
        _fixture.Execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON batches WHEN instr(NEW.body, CAST('poison' AS BLOB)) > 0
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """);

        // A writer that is held up finds all of these in its queue at once, the bad one in the middle.
        var blocked = Block();
        var first = stream.AppendAsync("t", [Record("a", "good 1")], Guard).AsTask();
        var poison = stream.AppendAsync("t", [Record("a", "poison")], Guard).AsTask();
        var last = stream.AppendAsync("t", [Record("a", "good 2")], Guard).AsTask();
        blocked();

        await first;
        await Should.ThrowAsync<IOException>(poison);
        await last;
        (await ReadAllAsync(stream, 3)).ShouldBe(["before", "good 1", "good 2"]);
    }

    [Fact]
    public async Task After_an_error_of_the_file_it_is_opened_anew()
    {
        var limit = 60;
        _fixture.Opened = connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count = {limit}";
            command.ExecuteNonQuery();
        };
        using var readings = new MeterReadings(_fixture.Meters);
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "before")], Guard);

        var full = await Should.ThrowAsync<IOException>(async () =>
            await stream.AppendAsync("t", [new StreamRecord("a", new byte[1_000_000], TraceParent: null)], Guard));
        full.InnerException.ShouldBeOfType<Microsoft.Data.Sqlite.SqliteException>().SqliteErrorCode.ShouldBe(13);
        readings.Of("caas.locallog.failures").ShouldBe([1]);
        limit = 1_000_000;
        await stream.AppendAsync("t", [Record("a", "after")], Guard);

        (await ReadAllAsync(stream, 2)).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_record_that_is_too_long_is_refused_before_it_is_queued()
    {
        _fixture.Options.MaxRecordBytes = 100;
        var stream = _fixture.Open();

        await Should.ThrowAsync<ArgumentException>(async () =>
            await stream.AppendAsync("t", [new StreamRecord("a", new byte[100], TraceParent: null)], Guard));
        await Should.ThrowAsync<ArgumentException>(async () =>
            await stream.AppendAsync("t", [Record(new string('k', 1025), "")], Guard));
        await Should.ThrowAsync<ArgumentException>(async () => await stream.AppendAsync("no/topic", [Record("a", "")], Guard));
    }

    [Fact]
    public async Task A_second_process_cannot_open_the_same_folder()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "mine")], Guard);

        await Should.ThrowAsync<IOException>(async () => await _fixture.Open().AppendAsync("t", [Record("a", "theirs")], Guard));
    }

    [Fact]
    public async Task A_script_that_changed_after_it_ran_is_refused()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync("t", [Record("a", "first")], Guard);
        await stream.DisposeAsync();
        _fixture.Execute("UPDATE migrations SET checksum = 'other'");

        var error = await Should.ThrowAsync<IOException>(async () => await _fixture.Open().AppendAsync("t", [Record("a", "")], Guard));

        error.InnerException.ShouldBeOfType<InvalidDataException>().Message.ShouldContain("0001_log.sql");
    }

    [Fact]
    public async Task A_closed_log_refuses_and_ends_its_readers()
    {
        var stream = _fixture.Open();
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var reading = member.ReadAsync(Guard).AsTask();

        await stream.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(reading);
        await Should.ThrowAsync<ObjectDisposedException>(async () => await stream.AppendAsync("t", [Record("a", "")], Guard));
        await member.DisposeAsync();
    }

    // Holds the file's write lock from outside; SQLite's busy handler of the writer waits for it.
    private Action Block()
    {
        var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_fixture.File};Pooling=False");
        connection.Open();
        var transaction = connection.BeginTransaction(deferred: false);
        return () =>
        {
            transaction.Dispose();
            connection.Dispose();
        };
    }

    private void Damage(long offset, int at) => _fixture.Execute(
        $"""
        UPDATE batches SET body = CAST(substr(body, 1, {at}) || CAST(X'FF' AS BLOB) || substr(body, {at + 2}) AS BLOB)
        WHERE base_offset = {offset} AND position = (SELECT min(position) FROM batches WHERE base_offset = {offset})
        """).ShouldBe(1);

    private static string OfAnotherPartition(string key) => Enumerable.Range(0, 100).Select(static i => $"key-{i}")
        .First(other => Partitioner.Of(Encoding.UTF8.GetBytes(other), 3) != Partitioner.Of(Encoding.UTF8.GetBytes(key), 3));

    private static StreamRecord Record(string key, string text) => new(key, Encoding.UTF8.GetBytes(text), TraceParent: null);

    private static string Text(ConsumedRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    private async Task<List<string>> ReadAllAsync(LocalEventStream stream, int count)
    {
        await using var member = await stream.SubscribeAsync("t", "all", Guard);
        var texts = new List<string>();
        while (texts.Count < count)
        {
            texts.AddRange((await member.ReadAsync(Guard)).Records.Select(Text));
        }

        return texts;
    }
}
