using System.Runtime.CompilerServices;

namespace Caas.Engines.Avro;

/// <summary>
/// Whether a reader with one schema can read everything that a writer with another wrote (specification 1.12, "Schema
/// Resolution"). Sound: it says yes only where every value resolves.
/// </summary>
internal sealed class AvroCompatibility
{
    // Pairs that are being looked at, or were: a type that contains itself is compatible unless something in it is not.
    // _order has the pairs without a fault as they were met, to forget what was found on an assumption that fell.
    private readonly Dictionary<(AvroNamed Reader, AvroNamed Writer), string?> _seen = [];
    private readonly List<(AvroNamed Reader, AvroNamed Writer)> _order = [];

    private AvroCompatibility()
    {
    }

    /// <summary>Null where the reader can; else what it cannot.</summary>
    public static string? FindFault(AvroType reader, AvroType writer) => new AvroCompatibility().Find(reader, writer, "");

    private string? Find(AvroType reader, AvroType writer, string path) => (reader, writer) switch
    {
        (_, AvroUnion union) => union.Branches.Select(branch => Find(reader, branch, path)).FirstOrDefault(static fault => fault is not null),
        (AvroUnion union, _) => FindInUnion(union, writer, path),
        (AvroRecord to, AvroRecord from) => FindInNamed(to, from, path, () => FindInFields(to, from, path)),
        (AvroEnum to, AvroEnum from) => FindInNamed(to, from, path, () => FindInSymbols(to, from, path)),
        (AvroFixed to, AvroFixed from) => FindInNamed(to, from, path, () =>
            to.Size != from.Size ? Fault(path, $"the size {from.Size} is not {to.Size}")
            : to.Decimal != from.Decimal ? Fault(path, "the decimals differ")
            : null),
        (AvroArray to, AvroArray from) => Find(to.Items, from.Items, path + "/items"),
        (AvroMap to, AvroMap from) => Find(to.Values, from.Values, path + "/values"),
        (AvroPrimitive to, AvroPrimitive from) => FindInPrimitive(to, from, path),
        _ => Fault(path, $"{reader.Kind} cannot be read from {writer.Kind}"),
    };

    private string? FindInUnion(AvroUnion reader, AvroType writer, string path) =>
        reader.Branches.Any(branch => Find(branch, writer, path) is null)
            ? null
            : Fault(path, $"no branch of the union can be read from {writer.Kind}");

    private string? FindInNamed(AvroNamed reader, AvroNamed writer, string path, Func<string?> findInside)
    {
        if (!string.Equals(reader.Name, writer.Name, StringComparison.Ordinal)
            && !reader.Aliases.Contains(writer.FullName, StringComparer.Ordinal))
        {
            return Fault(path, $"{reader.FullName} is not {writer.FullName}");
        }

        if (_seen.TryGetValue((reader, writer), out var known))
        {
            return known;
        }

        // A chain of types, each in the next, is as deep as it is long.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new InvalidDataException("The schema is too complex.");
        }

        var met = _order.Count;
        _order.Add((reader, writer));
        _seen[(reader, writer)] = null;
        var fault = findInside();
        if (fault is not null)
        {
            Forget(met);
            _seen[(reader, writer)] = fault;
        }

        return fault;
    }

    private void Forget(int met)
    {
        foreach (var pair in _order[met..])
        {
            _seen.Remove(pair);
        }

        _order.RemoveRange(met, _order.Count - met);
    }

    private string? FindInFields(AvroRecord reader, AvroRecord writer, string path)
    {
        foreach (var field in reader.Fields)
        {
            var from = writer.Fields.FirstOrDefault(other => string.Equals(other.Name, field.Name, StringComparison.Ordinal))
                ?? writer.Fields.FirstOrDefault(other => field.Aliases.Contains(other.Name, StringComparer.Ordinal));
            var at = $"{path}/{field.Name}";
            var fault = from is not null ? Find(field.Type, from.Type, at)
                : field.Default is null ? Fault(at, "the field has no default, and the writer does not write it")
                : null;
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? FindInSymbols(AvroEnum reader, AvroEnum writer, string path) =>
        reader.Fallback is null && writer.Symbols.Except(reader.Symbols, StringComparer.Ordinal).FirstOrDefault() is { } missing
            ? Fault(path, $"the reader does not know the symbol {missing}, and has no default")
            : null;

    private static string? FindInPrimitive(AvroPrimitive reader, AvroPrimitive writer, string path) =>
        !IsReadable(reader.Kind, writer.Kind) ? Fault(path, $"{reader.Kind} cannot be read from {writer.Kind}")
        : reader.Decimal != writer.Decimal ? Fault(path, "the decimals differ")
        : null;

    private static bool IsReadable(string reader, string writer) => (reader, writer) switch
    {
        ("long", "int") => true,
        ("float", "int" or "long") => true,
        ("double", "int" or "long" or "float") => true,
        ("string", "bytes") => true,
        ("bytes", "string") => true,
        _ => string.Equals(reader, writer, StringComparison.Ordinal),
    };

    private static string Fault(string path, string what) => $"{(path.Length == 0 ? "/" : path)}: {what}";
}
