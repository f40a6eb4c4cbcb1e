using System.Collections.Frozen;

namespace Caas.Engines.Avro;

/// <summary>
/// The events of one kind of resource, which share one Avro record: what comes before the dot of their type, and the
/// schema of <c>schemas/events</c>. Subject: <c>&lt;topic&gt;-&lt;full name of the record&gt;</c>.
/// </summary>
internal sealed class EventFamily
{
    private const string Namespace = "caas.events.";

    private static readonly FrozenDictionary<string, EventFamily> ByPrefix =
        Load().ToFrozenDictionary(static family => family.Prefix, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, EventFamily>.AlternateLookup<ReadOnlySpan<char>> ByPrefixSpan =
        ByPrefix.GetAlternateLookup<ReadOnlySpan<char>>();

    private EventFamily(EventKind kind, string prefix)
    {
        Kind = kind;
        Prefix = prefix;
        FullName = $"{Namespace}{kind}Event";
        Schema = EmbeddedSchemas.Read($"{kind}Event");
        CanonicalForm = AvroCanonicalForm.Of(AvroSchemaParser.Parse(Schema));
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<EventFamily> All => ByPrefix.Values;

    /// <summary>Which.</summary>
    public EventKind Kind { get; }

    /// <summary>What the types begin with, without the dot.</summary>
    public string Prefix { get; }

    /// <summary>The record's full name.</summary>
    public string FullName { get; }

    /// <summary>The schema, as it is in the repository.</summary>
    public string Schema { get; }

    /// <summary>What decides the bytes of a value: the schema's Parsing Canonical Form.</summary>
    public string CanonicalForm { get; }

    /// <summary>The family of an event type; null where there is none, as for what only travels on sockets.</summary>
    public static EventFamily? OfType(string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && ByPrefixSpan.TryGetValue(type.AsSpan(0, dot), out var family) ? family : null;
    }

    private static IEnumerable<EventFamily> Load() =>
    [
        new(EventKind.Message, "message"),
        new(EventKind.Conversation, "conversation"),
        new(EventKind.Member, "member"),
        new(EventKind.Reaction, "reaction"),
        new(EventKind.Client, "client"),
        new(EventKind.Application, "application"),
        new(EventKind.Key, "key"),
        new(EventKind.User, "user"),
        new(EventKind.Session, "session"),
    ];
}

/// <summary>The kinds of resources that events are about.</summary>
internal enum EventKind
{
    /// <summary>Messages.</summary>
    Message,

    /// <summary>Conversations.</summary>
    Conversation,

    /// <summary>Memberships.</summary>
    Member,

    /// <summary>Reactions.</summary>
    Reaction,

    /// <summary>Clients.</summary>
    Client,

    /// <summary>Applications.</summary>
    Application,

    /// <summary>API keys.</summary>
    Key,

    /// <summary>Users.</summary>
    User,

    /// <summary>Sessions.</summary>
    Session,
}
