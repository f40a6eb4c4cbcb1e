using System.Text.Json.Serialization;
using Caas.Domain.Callers;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Tokens;
using Caas.Domain.Users;

namespace Caas.Domain.Events;

/// <summary>Something that happened: the envelope that topic, socket, webhook and sync share.</summary>
public sealed record Event
{
    /// <summary>The id; every effect of the event is keyed by it.</summary>
    public required EventId Id { get; init; }

    /// <summary>One of <see cref="EventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The client in which it happened.</summary>
    public required ClientId ClientId { get; init; }

    /// <summary>The conversation; absent from events of the client.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConversationId? ConversationId { get; init; }

    /// <summary>The number of the change in its log; absent from events that are not kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Version { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Who did it.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The W3C trace id of the request that caused it; null where nothing traced it.</summary>
    public required string? TraceId { get; init; }

    /// <summary>What happened; exactly one member of it is set, the one that the type tells.</summary>
    public required EventBody Data { get; init; }
}

/// <summary>The payload of an event: one resource under its singular name, or the fields of a small fact.</summary>
public sealed record EventBody
{
    /// <summary>Of <c>message.*</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Message? Message { get; init; }

    /// <summary>Of <c>conversation.*</c>, without what depends on the reader.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Conversation? Conversation { get; init; }

    /// <summary>Of <c>member.*</c>, without the read position.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Member? Member { get; init; }

    /// <summary>Of <c>client.*</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Client? Client { get; init; }

    /// <summary>Of <c>application.*</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Applications.Application? Application { get; init; }

    /// <summary>Of <c>key.*</c>, without the secret.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApiKey? Key { get; init; }

    /// <summary>Of <c>user.*</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public User? User { get; init; }

    /// <summary>Of <c>session.*</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Session? Session { get; init; }

    /// <summary>Of <c>reaction.*</c>: the message.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageId? MessageId { get; init; }

    /// <summary>Of <c>reaction.*</c>: the emoji.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Emoji { get; init; }

    /// <summary>Of <c>reaction.*</c>, <c>typing.*</c>, <c>presence.changed</c> and <c>read.marked</c>: the user.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserId? UserId { get; init; }

    /// <summary>Of <c>reaction.*</c>: how many users have this reaction now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>Of <c>read.marked</c>: the position.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Sequence { get; init; }

    /// <summary>Of <c>presence.changed</c>: <c>online</c>, <c>away</c> or <c>offline</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    /// <summary>Of <c>presence.changed</c>: when the user was last connected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LastSeenAt { get; init; }
}
