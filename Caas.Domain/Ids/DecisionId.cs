using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of an authorization decision, <c>decision_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<DecisionId>))]
public readonly record struct DecisionId(Guid Value) : ITypeId<DecisionId>
{
    /// <inheritdoc/>
    public static string Prefix => "decision";

    /// <inheritdoc/>
    public static DecisionId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
