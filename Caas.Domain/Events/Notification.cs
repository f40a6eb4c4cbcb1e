using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>Something that the operator should know. At least once: the same one has the same id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Type">One of <see cref="NotificationTypes"/>.</param>
/// <param name="Subject">What it is about: the id of a letter or a client, the name of an engine, a place in the stream.</param>
/// <param name="ClientId">The client that it concerns; null for none.</param>
/// <param name="Detail">One line for a person; never anything of a body, and no secret.</param>
/// <param name="OccurredAt">When.</param>
public sealed record Notification(
    EventId Id, string Type, string Subject, ClientId? ClientId, string Detail, DateTimeOffset OccurredAt);

/// <summary>What operators are told.</summary>
public static class NotificationTypes
{
    /// <summary>A consumer group gave a record up; the subject is the letter.</summary>
    public const string DeadLetterAdded = "dead_letter.added";

    /// <summary>An engine does not answer, for some time already; the subject is its name.</summary>
    public const string EngineAway = "engine.away";

    /// <summary>The engine answers again.</summary>
    public const string EngineBack = "engine.back";

    /// <summary>
    /// Something comes near its end: the subject is a consumer group and its partition that is far behind, the outbox, the
    /// disk or the event stream's size.
    /// </summary>
    public const string QuotaReached = "quota.reached";

    /// <summary>A partition cannot be read on; the subject is the topic and the consumer group.</summary>
    public const string PartitionDamaged = "partition.damaged";

    /// <summary>A client was registered; the subject is its id.</summary>
    public const string ClientCreated = "client.created";
}
