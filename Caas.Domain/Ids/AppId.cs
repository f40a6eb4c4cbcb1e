using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of an application of a client, <c>app_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<AppId>))]
public readonly record struct AppId(Guid Value) : ITypeId<AppId>
{
    /// <inheritdoc/>
    public static string Prefix => "app";

    /// <inheritdoc/>
    public static AppId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
