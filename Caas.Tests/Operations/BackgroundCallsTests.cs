using System.Collections.Concurrent;
using System.Diagnostics;
using Caas.ServiceDefaults;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Caas.Tests.Operations;

public sealed class BackgroundCallsTests : IDisposable
{
    private readonly ActivitySource _source = new("Caas.Tests.BackgroundCalls");
    private readonly Exported _exported = new();
    private readonly TracerProvider _provider;

    public BackgroundCallsTests() => _provider = Sdk.CreateTracerProviderBuilder()
        .AddSource(_source.Name)
        .AddProcessor(new BackgroundCalls())
        .AddProcessor(_exported)
        .Build();

    [Fact]
    public void A_call_that_belongs_to_nothing_is_not_exported_and_nothing_below_it()
    {
        using (_source.StartActivity("look at the store", ActivityKind.Client))
        {
            using var below = _source.StartActivity("find", ActivityKind.Client);
        }

        _exported.Names.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ActivityKind.Server)]
    [InlineData(ActivityKind.Consumer)]
    [InlineData(ActivityKind.Internal)]
    public void What_begins_a_trace_is_exported_with_its_calls(ActivityKind kind)
    {
        using (_source.StartActivity("work", kind))
        {
            using var below = _source.StartActivity("find", ActivityKind.Client);
        }

        _exported.Names.ShouldBe(["find", "work"]);
    }

    [Fact]
    public void A_call_whose_parent_is_in_another_process_is_exported()
    {
        var parent = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        using (_source.StartActivity("find", ActivityKind.Client, parent))
        {
        }

        _exported.Names.ShouldBe(["find"]);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _exported.Dispose();
        _source.Dispose();
    }

    // As an exporter does: what is not recorded is not for it.
    private sealed class Exported : BaseProcessor<Activity>
    {
        private readonly ConcurrentQueue<string> _names = new();

        public IReadOnlyList<string> Names => [.. _names];

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
            {
                _names.Enqueue(data.DisplayName);
            }
        }
    }
}
