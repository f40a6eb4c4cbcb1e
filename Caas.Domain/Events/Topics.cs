namespace Caas.Domain.Events;

/// <summary>The topics of the event stream and what travels there. Every value is Avro in the Confluent wire format.</summary>
public static class Topics
{
    /// <summary>Every kept event; key = conversation id, else client id, so that a conversation keeps its order.</summary>
    public const string Events = "platform.events";

    /// <summary>What the audit log is made from; key = client id.</summary>
    public const string Audit = "platform.audit";

    /// <summary>For the operator: dead letters, an engine away, a quota, a leaked key, a new client; key = subject.</summary>
    public const string Notifications = "platform.notifications";

    /// <summary>For users who are not connected; key = user.</summary>
    public const string Pushes = "platform.pushes";

    /// <summary>
    /// <see cref="DeadLetter"/>s, what a consumer group could not handle, and the commands to replay one; key = the
    /// event's own.
    /// </summary>
    public const string DeadLetters = "internal.dlq";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Events, Audit, Notifications, Pushes, DeadLetters];
}

/// <summary>The consumer groups, each of which reads every event once for itself.</summary>
public static class ConsumerGroups
{
    /// <summary>Brings events to the sockets.</summary>
    public const string Delivery = "delivery";

    /// <summary>Erases what deleted users left behind.</summary>
    public const string Erasure = "erasure";

    /// <summary>Tells the operator; reads <see cref="Topics.Notifications"/>.</summary>
    public const string Notifications = "notifications";

    /// <summary>Makes a notification of each new client.</summary>
    public const string NewClients = "new-clients";

    /// <summary>Keeps what could not be handled.</summary>
    public const string DeadLetters = "dead-letters";

    /// <summary>Puts dead letters through their groups again.</summary>
    public const string Replays = "replays";
}
