using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a session: one sign-in of one device, <c>session_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<SessionId>))]
public readonly record struct SessionId(Guid Value) : ITypeId<SessionId>
{
    /// <inheritdoc/>
    public static string Prefix => "session";

    /// <inheritdoc/>
    public static SessionId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
