using System.Text;
using Caas.Domain.Events;
using Caas.Engines.LocalLog;
using CsCheck;

namespace Caas.Tests.Engines.LocalLog;

/// <summary>Random operations against a model in memory; among them kills, after which nothing acknowledged may be gone.</summary>
public sealed class LocalLogModelTests
{
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 5], Gen.Int[1, 8], static (key, count) => (Step)new Append(key, count))),
        (6, Gen.Int[0, 1].Select(static group => (Step)new Read(group))),
        (4, Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], static (group, partition) => (Step)new Commit(group, partition))),
        (1, Gen.Const((Step)new Kill())),
        (1, Gen.Const((Step)new Restart())));

    [Fact]
    public Task The_log_does_what_the_model_does() => Steps.Array[1, 40].SampleAsync(
        async steps =>
        {
            await using var run = new Run();
            foreach (var step in steps)
            {
                await run.DoAsync(step);
            }

            await run.ReadEverythingAsync();
        },
        iter: 60,
        threads: 1);

    private abstract record Step;

    private sealed record Append(int Key, int Count) : Step;

    private sealed record Read(int Group) : Step;

    private sealed record Commit(int Group, int Partition) : Step;

    private sealed record Kill : Step;

    private sealed record Restart : Step;

    private sealed class Run : IAsyncDisposable
    {
        private readonly LocalLogFixture _fixture = new();
        private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(60));
        private readonly Dictionary<int, IStreamSubscription> _members = [];

        // The model: what was appended to each partition, and of each group where it reads, what it committed, and what
        // of that must survive a kill.
        private readonly List<string>[] _log = [[], [], []];
        private readonly int[,] _next = new int[3, 3];
        private readonly int[,] _committed = new int[3, 3];
        private readonly int[,] _durable = new int[3, 3];
        private LocalEventStream _stream;
        private int _numbers;

        public Run()
        {
            _fixture.Options.TailBytes = 2_000;
            _fixture.Options.MaxReadBytes = 200;
            _stream = _fixture.Open();
        }

        public Task DoAsync(Step step) => step switch
        {
            Append append => AppendAsync(append),
            Read read => ReadAsync(read.Group),
            Commit commit => CommitAsync(commit),
            Kill => KillAsync(),
            _ => RestartAsync(),
        };

        public async Task ReadEverythingAsync()
        {
            const int Fresh = 2;
            while (Enumerable.Range(0, 3).Any(partition => _next[Fresh, partition] < _log[partition].Count))
            {
                await ReadAsync(Fresh);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _fixture.DisposeAsync();
            _guard.Dispose();
        }

        private async Task AppendAsync(Append append)
        {
            var key = $"key-{append.Key}";
            var partition = Partitioner.Of(Encoding.UTF8.GetBytes(key), 3);
            string[] texts = [.. Enumerable.Range(0, append.Count).Select(_ => $"{key}:{_numbers++}")];
            await _stream.AppendAsync(
                "t", [.. texts.Select(text => new StreamRecord(key, Encoding.UTF8.GetBytes(text), TraceParent: null))], _guard.Token);
            _log[partition].AddRange(texts);
            Array.Copy(_committed, _durable, _committed.Length);
        }

        private async Task ReadAsync(int group)
        {
            var member = await MemberAsync(group);
            if (!Enumerable.Range(0, 3).Any(partition => _next[group, partition] < _log[partition].Count))
            {
                return;
            }

            var batch = await member.ReadAsync(_guard.Token);
            var next = _next[group, batch.Partition];
            batch.Records[0].Offset.ShouldBe(next);
            batch.Records.Select(static record => Encoding.UTF8.GetString(record.Value.Span))
                .ShouldBe(_log[batch.Partition].Skip(next).Take(batch.Records.Count));
            _next[group, batch.Partition] += batch.Records.Count;
        }

        private async Task CommitAsync(Commit commit)
        {
            var member = await MemberAsync(commit.Group);
            var next = _next[commit.Group, commit.Partition];
            await member.CommitAsync(commit.Partition, next, _guard.Token);
            _committed[commit.Group, commit.Partition] = Math.Max(next, _committed[commit.Group, commit.Partition]);
        }

        private async Task KillAsync()
        {
            _members.Clear();
            _stream = await _fixture.KillAsync(_stream);
            await CheckOffsetsAsync(_durable);
        }

        private async Task RestartAsync()
        {
            _members.Clear();
            await _stream.DisposeAsync();
            _stream = _fixture.Open();
            await CheckOffsetsAsync(_committed);
        }

        // What the file says lies between what had to survive and what was committed, and is where the groups go on.
        private async Task CheckOffsetsAsync(int[,] atLeast)
        {
            foreach (var lag in await _stream.ReadLagAsync(_guard.Token))
            {
                lag.EndOffset.ShouldBe(_log[lag.Partition].Count);
            }

            for (var group = 0; group < 3; group++)
            {
                var lags = (await _stream.ReadLagAsync(_guard.Token)).Where(lag => string.Equals(lag.Group, $"group-{group}", StringComparison.Ordinal)).ToList();
                for (var partition = 0; partition < 3; partition++)
                {
                    var offset = (int)(lags.FirstOrDefault(lag => lag.Partition == partition)?.CommittedOffset ?? 0);
                    offset.ShouldBeInRange(atLeast[group, partition], _committed[group, partition]);
                    _next[group, partition] = _committed[group, partition] = _durable[group, partition] = offset;
                }
            }
        }

        private async Task<IStreamSubscription> MemberAsync(int group)
        {
            if (!_members.TryGetValue(group, out var member))
            {
                member = _members[group] = await _stream.SubscribeAsync("t", $"group-{group}", _guard.Token);
            }

            return member;
        }
    }
}
