using BenchmarkDotNet.Attributes;
using Caas.Bench.Processes;
using Caas.Domain.Events;
using Caas.Engines.Avro;
using Caas.Engines.LocalRegistry;

namespace Caas.Bench.Micro;

/// <summary>A change on its way into the stream, and out of it.</summary>
public class AvroBenchmarks : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Change _fresh = Change.Of(MicroEvent.Create(), version: 42, traceParent: null);
    private LocalSchemaRegistry? _registry;
    private AvroEventCodec? _codec;
    private ReadOnlyMemory<byte> _avro;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _registry = new LocalSchemaRegistry(_folder.Path);
        _codec = new AvroEventCodec(_registry);
        _avro = await _codec.EncodeAsync(Topics.Events, _fresh, CancellationToken.None);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _registry?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ValueTask<ReadOnlyMemory<byte>> Encode() => _codec!.EncodeAsync(Topics.Events, _fresh, CancellationToken.None);

    [Benchmark]
    public ValueTask<ReadOnlyMemory<byte>> EncodeWhatWasRead() =>
        _codec!.EncodeAsync(Topics.Events, _fresh with { Source = null }, CancellationToken.None);

    [Benchmark]
    public ValueTask<Event> Decode() => _codec!.DecodeAsync(_avro, CancellationToken.None);
}
