using System.Text.Json;

namespace Caas.Engines.Avro;

/// <summary>A parsed Avro schema (specification 1.12). Named types may contain themselves.</summary>
internal abstract class AvroType
{
    /// <summary>The type's name: <c>string</c>, <c>record</c>, <c>union</c> ...</summary>
    public abstract string Kind { get; }
}

/// <summary>One of the eight primitive types, perhaps with the parameters of <c>decimal</c>.</summary>
internal sealed class AvroPrimitive(string kind, AvroDecimal? number) : AvroType
{
    public override string Kind => kind;

    public AvroDecimal? Decimal => number;
}

/// <summary>An array.</summary>
internal sealed class AvroArray(AvroType items) : AvroType
{
    public override string Kind => "array";

    public AvroType Items => items;
}

/// <summary>A map from strings.</summary>
internal sealed class AvroMap(AvroType values) : AvroType
{
    public override string Kind => "map";

    public AvroType Values => values;
}

/// <summary>A union.</summary>
internal sealed class AvroUnion(IReadOnlyList<AvroType> branches) : AvroType
{
    public override string Kind => "union";

    public IReadOnlyList<AvroType> Branches => branches;
}

/// <summary>A type with a name.</summary>
internal abstract class AvroNamed(string fullName, IReadOnlyList<string> aliases) : AvroType
{
    /// <summary>The name with its namespace.</summary>
    public string FullName => fullName;

    /// <summary>Other full names by which a writer may have called it.</summary>
    public IReadOnlyList<string> Aliases => aliases;

    /// <summary>The name without its namespace.</summary>
    public string Name => fullName[(fullName.LastIndexOf('.') + 1)..];
}

/// <summary>A record; its fields are known once its whole text was read.</summary>
internal sealed class AvroRecord(string fullName, IReadOnlyList<string> aliases) : AvroNamed(fullName, aliases)
{
    public override string Kind => "record";

    public IReadOnlyList<AvroField> Fields { get; set; } = [];
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">What a reader takes where the writer has no such field; null where there is no default.</param>
/// <param name="Aliases">Other names by which a writer may have called it.</param>
internal sealed record AvroField(string Name, AvroType Type, JsonElement? Default, IReadOnlyList<string> Aliases);

/// <summary>An enum.</summary>
internal sealed class AvroEnum(string fullName, IReadOnlyList<string> aliases, IReadOnlyList<string> symbols, string? fallback)
    : AvroNamed(fullName, aliases)
{
    public override string Kind => "enum";

    public IReadOnlyList<string> Symbols => symbols;

    /// <summary>What a reader takes for a symbol that it does not know; null where there is no default.</summary>
    public string? Fallback => fallback;
}

/// <summary>A fixed number of bytes.</summary>
internal sealed class AvroFixed(string fullName, IReadOnlyList<string> aliases, int size, AvroDecimal? number)
    : AvroNamed(fullName, aliases)
{
    public override string Kind => "fixed";

    public int Size => size;

    public AvroDecimal? Decimal => number;
}

/// <summary>The parameters of the logical type <c>decimal</c>.</summary>
internal sealed record AvroDecimal(int Precision, int Scale);
