namespace Caas.Tests.Isolation;

/// <summary>Compares what the product has with what the walk asks.</summary>
internal static class Coverage
{
    /// <summary>What has no entry, and entries of what is no more; by name, empty where the walk is whole.</summary>
    public static IReadOnlyList<string> Gaps(IEnumerable<string> product, IReadOnlyDictionary<string, Entry> table)
    {
        var names = product.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. names.Where(name => !table.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => $"has no entry: {name}"),
            .. table.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal).Select(name => $"is no more: {name}"),
            .. table.Where(entry => entry.Value is { Probes: [], Reason: null or "" }).Select(entry => $"asks nothing: {entry.Key}"),
        ];
    }
}
