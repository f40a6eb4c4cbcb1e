namespace Caas.Engines.Migration;

/// <summary>A part of a table: the rows whose keys lie between two, in the order of the keys.</summary>
/// <param name="Table">The table.</param>
/// <param name="Prefix">The first value of every key, such as one conversation; null for all.</param>
/// <param name="After">The key after which it begins; null for the first.</param>
/// <param name="Until">The last key of it; null for the last.</param>
internal sealed record MovedRange(MovedTable Table, object? Prefix, IReadOnlyList<object>? After, IReadOnlyList<object>? Until)
{
    /// <summary>All of a table.</summary>
    public static MovedRange All(MovedTable table) => new(table, null, null, null);

    /// <summary>All that has one first value of the key.</summary>
    public static MovedRange Of(MovedTable table, object prefix) => new(table, prefix, null, null);

    /// <summary>The values that stand for a bound in a statement: behind a prefix the rest of the key.</summary>
    public IEnumerable<object> Bound(IReadOnlyList<object> key) => Prefix is null ? key : key.Skip(1);
}
