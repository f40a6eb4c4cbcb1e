using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Engines.Documents;

/// <summary>Makes the changes that are of no conversation: of the client's own log and of the platform's.</summary>
internal static class ClientEvent
{
    /// <summary>The change of something that happens now, under the next version of its log.</summary>
    public static Change Of(
        IIdSource ids, ClientId clientId, long version, string type, EventBody data, ChangeOrigin origin, DateTimeOffset at)
    {
        var occurred = new Event
        {
            Id = EventId.From(ids.Next()),
            Type = type,
            ClientId = clientId,
            Version = version,
            OccurredAt = at,
            Actor = origin.Actor,
            TraceId = origin.TraceId,
            Data = data,
        };
        return Change.Of(occurred, version, origin.TraceParent);
    }
}
