using Caas.Domain.Events;
using Caas.Engines.LocalLog;
using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.LocalLog;

public sealed class LocalLogContractTests : EventStreamContract
{
    private readonly LocalLogFixture _fixture = new();
    private LocalEventStream? _stream;

    protected override ValueTask<IEventStream> StartAsync() => ValueTask.FromResult<IEventStream>(_stream = _fixture.Open());

    protected override async ValueTask<IEventStream> RestartAsync()
    {
        await _stream!.DisposeAsync();
        return _stream = _fixture.Open();
    }

    protected override ValueTask StopAsync() => _fixture.DisposeAsync();
}

/// <summary>The same without a tail in memory: every read comes from the file, a row at a time.</summary>
public sealed class LocalLogFromFileContractTests : EventStreamContract
{
    private readonly LocalLogFixture _fixture = new();
    private LocalEventStream? _stream;

    protected override ValueTask<IEventStream> StartAsync()
    {
        _fixture.Options.TailBytes = 0;
        _fixture.Options.MaxReadBytes = 1;
        return ValueTask.FromResult<IEventStream>(_stream = _fixture.Open());
    }

    protected override async ValueTask<IEventStream> RestartAsync()
    {
        await _stream!.DisposeAsync();
        return _stream = _fixture.Open();
    }

    protected override ValueTask StopAsync() => _fixture.DisposeAsync();
}
