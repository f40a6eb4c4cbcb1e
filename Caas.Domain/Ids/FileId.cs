using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a file, <c>file_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<FileId>))]
public readonly record struct FileId(Guid Value) : ITypeId<FileId>
{
    /// <inheritdoc/>
    public static string Prefix => "file";

    /// <inheritdoc/>
    public static FileId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
