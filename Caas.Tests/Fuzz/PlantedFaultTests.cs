using System.Buffers.Binary;
using Caas.Fuzz;
using Caas.Fuzz.Mutation;
using Caas.Fuzz.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Fuzz;

/// <summary>The control of the fuzz tests: what is planted is found, and what found it is said.</summary>
public sealed class PlantedFaultTests
{
    private const uint Seed = 20_261_129;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_parser_that_throws_on_a_prefix_is_found_by_what_it_says_on_the_way()
    {
        var report = await RunAsync(static input => CommonPrefix(input.Span, "BUG"u8) switch
        {
            3 => throw new FormatException("planted"),
            var length => length,
        });

        var failure = report.Failure.ShouldNotBeNull();
        failure.Reason.ShouldContain("planted");
        failure.Input.AsSpan().StartsWith("BUG"u8).ShouldBeTrue();
        failure.ToString().ShouldContain(Convert.ToBase64String(failure.Input));
    }

    [Fact]
    public async Task A_parser_that_never_returns_is_found()
    {
        using var testIsOver = new CancellationTokenSource();
        var stop = testIsOver.Token;
        var limits = new FuzzLimits { Hang = TimeSpan.FromSeconds(5) };

        var report = await RunAsync(
            input =>
            {
                while (input.Span.Contains((byte)'!') && !stop.IsCancellationRequested)
                {
                    Thread.Yield();
                }

                return 0;
            },
            limits);

        await testIsOver.CancelAsync();
        var failure = report.Failure.ShouldNotBeNull();
        failure.Reason.ShouldBe("The call did not return within 5 s.");
        failure.Input.ShouldContain((byte)'!');
    }

    /// <summary>A busy machine makes any call slow now and then.</summary>
    [Theory]
    [InlineData(2, null)]
    [InlineData(3, "The call took 1.1 s.")]
    public void A_parser_that_is_too_slow_each_time_is_found_and_one_that_was_slow_is_not(int slowCalls, string? reason)
    {
        var clock = new FakeTimeProvider();
        var calls = 0;
        var target = new PlantedTarget(_ =>
        {
            clock.Advance(TimeSpan.FromSeconds(++calls <= slowCalls ? 1.1 : 0.9));
            return 0;
        });

        var failure = new CallGuard(target, new FuzzLimits(), clock).Call([.. "hello"u8], out _);

        failure?.Reason.ShouldBe(reason);
        (failure is null).ShouldBe(reason is null);
        calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_parser_that_allocates_by_a_declared_length_is_found()
    {
        var report = await RunAsync(static input =>
        {
            var declared = input.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(input.Span) & 0xfff_ffff;
            return new byte[declared].Length > input.Length ? 1 : 0;
        });

        report.Failure.ShouldNotBeNull().Reason.ShouldStartWith("The call allocated ");
    }

    [Fact]
    public async Task A_rule_that_is_broken_is_found()
    {
        var report = await RunAsync(static input =>
        {
            Oracle.Require(input.Length < 100, "An input is short.");
            return 0;
        });

        var failure = report.Failure.ShouldNotBeNull();
        failure.Reason.ShouldContain("An input is short.");
        failure.Input.Length.ShouldBeGreaterThanOrEqualTo(100);
    }

    [Fact]
    public async Task A_parser_without_a_fault_is_called_until_the_time_is_up()
    {
        var loop = new FuzzLoop(
            new PlantedTarget(static input => input.Length & 1), [[.. "hello"u8]], new FuzzLimits(), TimeProvider.System);

        var report = await loop.RunAsync(Seed, TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);

        report.Failure.ShouldBeNull(report.ToString());
        report.Verdicts.ShouldBe(2);
        report.ToString().ShouldEndWith($", 2 verdicts, seed {Seed}: nothing found");
    }

    [Fact]
    public void One_seed_makes_the_same_inputs_and_another_makes_others()
    {
        var inputs = Inputs(7);

        Inputs(7).ShouldBe(inputs);
        Inputs(8).ShouldNotBe(inputs);
        inputs.Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(700);
    }

    [Fact]
    public void No_mutation_is_longer_than_the_cap()
    {
        var mutator = new Mutator(new RandomSource(Seed), [[.. "token"u8]], maxBytes: 64);
        byte[] input = [];
        for (var i = 0; i < 20_000; i++)
        {
            input = mutator.Mutate(input, [.. "another input"u8]);
            input.Length.ShouldBeLessThanOrEqualTo(64);
        }
    }

    private static Task<FuzzReport> RunAsync(Func<ReadOnlyMemory<byte>, int> parse, FuzzLimits? limits = null) =>
        new FuzzLoop(new PlantedTarget(parse), [[.. "hello"u8]], limits ?? new FuzzLimits(), TimeProvider.System)
            .RunAsync(Seed, Longest, TestContext.Current.CancellationToken);

    private static List<string> Inputs(uint seed)
    {
        var mutator = new Mutator(new RandomSource(seed), [[.. "token"u8]], maxBytes: 256);
        return [.. Enumerable.Range(0, 1_000).Select(_ => Convert.ToHexString(mutator.Mutate([.. "hello"u8], [.. "world"u8])))];
    }

    private static int CommonPrefix(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => one.CommonPrefixLength(other);
}
