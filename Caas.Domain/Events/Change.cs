using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>
/// One durable change of a log, as it is kept: written once, in the same commit as the state that it changes, and used
/// as outbox entry, as event and for devices that catch up.
/// </summary>
/// <param name="ClientId">The client.</param>
/// <param name="ConversationId">The conversation whose log it is; null for the client's own log.</param>
/// <param name="Version">Its number in that log: 1, 2, 3 ... without gaps.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="Body">The whole <see cref="Event"/> as UTF-8 JSON, the bytes that sync and sockets send.</param>
/// <param name="TraceParent">The W3C traceparent of the write; null where it was not traced.</param>
public sealed record Change(
    ClientId ClientId,
    ConversationId? ConversationId,
    long Version,
    string Type,
    ReadOnlyMemory<byte> Body,
    string? TraceParent)
{
    /// <summary>
    /// What <see cref="Body"/> was written from; null where the change was read. Spares who encodes it anew the reading,
    /// and says nothing that the body does not.
    /// </summary>
    public Event? Source { get; init; }

    /// <summary>The change of an event that takes its place in a log now.</summary>
    public static Change Of(Event occurred, long version, string? traceParent) =>
        new(occurred.ClientId, occurred.ConversationId, version, occurred.Type, EventJson.Write(occurred), traceParent)
        {
            Source = occurred,
        };
}

/// <summary>What every change of one write shares.</summary>
/// <param name="Actor">Who does it.</param>
/// <param name="TraceId">The W3C trace id; null where nothing traces it.</param>
/// <param name="TraceParent">The W3C traceparent; null where nothing records it.</param>
public sealed record ChangeOrigin(Callers.Actor Actor, string? TraceId, string? TraceParent)
{
    /// <summary>The origin of what this actor does in the present activity.</summary>
    public static ChangeOrigin Of(Callers.Actor actor)
    {
        var activity = System.Diagnostics.Activity.Current;
        return new ChangeOrigin(actor, activity?.TraceId.ToHexString(), activity is { Recorded: true } ? activity.Id : null);
    }
}
