using Caas.Domain.Events;

namespace Caas.Engines.Redis;

/// <summary>What a receiver's loop gets of a shard.</summary>
/// <param name="Number">The frame's number; 0 where the shard is silent.</param>
/// <param name="Trust">Between arrivals of another trust something may be missing, whatever their numbers.</param>
/// <param name="Signal">The signal; null for a beat and for silence.</param>
internal readonly record struct BusArrival(long Number, int Trust, RealtimeSignal? Signal)
{
    /// <summary>Nothing came for too long.</summary>
    public static BusArrival Silence => default;

    /// <summary>Whether it is <see cref="Silence"/>.</summary>
    public bool IsSilence => Number == 0;

    /// <summary>The number of the last signal before this one.</summary>
    public long Before => Signal is null ? Number : Number - 1;
}
