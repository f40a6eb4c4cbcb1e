using System.Text.Json.Serialization;

namespace Caas.Domain.Callers;

/// <summary>Who did something, as every event names them.</summary>
/// <param name="Type">A user, an API key or the system itself.</param>
/// <param name="Id">The user id, the key id, or the name of the part of the system.</param>
public sealed record Actor(ActorType Type, string Id);

/// <summary>The kinds of actors.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActorType>))]
public enum ActorType
{
    /// <summary>A user, with a token or through an API key that acts for them.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>An API key.</summary>
    [JsonStringEnumMemberName("key")]
    Key,

    /// <summary>The system.</summary>
    [JsonStringEnumMemberName("system")]
    System,
}
