using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a device of a user, <c>device_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<DeviceId>))]
public readonly record struct DeviceId(Guid Value) : ITypeId<DeviceId>
{
    /// <inheritdoc/>
    public static string Prefix => "device";

    /// <inheritdoc/>
    public static DeviceId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
