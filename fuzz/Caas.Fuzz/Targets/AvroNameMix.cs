using Caas.Engines.Avro;

namespace Caas.Fuzz.Targets;

/// <summary>
/// Whether a schema has types with a namespace and types without. The canonical form of the specification leaves out
/// namespaces, so that a type without one, inside of one with, means another when the form is read.
/// </summary>
internal sealed class AvroNameMix
{
    private readonly HashSet<AvroType> _seen = [];
    private bool _with;
    private bool _without;

    private AvroNameMix()
    {
    }

    /// <summary>True where it has both.</summary>
    public static bool IsIn(AvroType type)
    {
        var mix = new AvroNameMix();
        mix.Walk(type);
        return mix is { _with: true, _without: true };
    }

    private void Walk(AvroType type)
    {
        if (!_seen.Add(type))
        {
            return;
        }

        if (type is AvroNamed named)
        {
            var hasNamespace = named.FullName.Contains('.', StringComparison.Ordinal);
            _with |= hasNamespace;
            _without |= !hasNamespace;
        }

        foreach (var inner in Inside(type))
        {
            Walk(inner);
        }
    }

    private static IEnumerable<AvroType> Inside(AvroType type) => type switch
    {
        AvroRecord record => record.Fields.Select(static field => field.Type),
        AvroArray array => [array.Items],
        AvroMap map => [map.Values],
        AvroUnion union => union.Branches,
        _ => [],
    };
}
