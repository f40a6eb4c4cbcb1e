using Caas.Domain.Presence;
using Caas.Engines.InMemory.Presence;
using Caas.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.InMemory;

public sealed class InMemoryPresenceTests : PresenceContract
{
    private readonly FakeTimeProvider _clock = new();

    protected override TimeSpan Grace => TimeSpan.FromSeconds(10);

    protected override TimeSpan Expiry => TimeSpan.FromSeconds(60);

    protected override DateTimeOffset Now => _clock.GetUtcNow();

    protected override IPresence OtherNode => Presence;

    protected override ValueTask<IPresence> StartAsync() => ValueTask.FromResult<IPresence>(new InMemoryPresence(_clock));

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask StopAsync() => ValueTask.CompletedTask;
}
