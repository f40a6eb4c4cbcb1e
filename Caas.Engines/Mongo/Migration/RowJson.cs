using System.Text.Json;
using Caas.Domain.Ids;
using Caas.Engines.Migration;

namespace Caas.Engines.Mongo.Migration;

/// <summary>The columns that hold JSON.</summary>
internal static class RowJson
{
    /// <summary>The client's own words, as they were written.</summary>
    public static JsonElement? JsonOrNull(this MovedRow row, string column) =>
        row.TextOrNull(column) is { } text ? JsonElement.Parse(text) : null;

    public static IReadOnlyList<string> Texts(this MovedRow row, string column) =>
        row.JsonOrNull(column) is { } json ? [.. json.EnumerateArray().Select(static one => one.GetString()!)] : [];

    public static IReadOnlyList<UserId> Users(this MovedRow row, string column) =>
        [.. row.Texts(column).Select(static text => UserId.Parse(text))];

    public static IReadOnlyList<FileId> Files(this MovedRow row, string column) =>
        [.. row.Texts(column).Select(static text => TypeId.TryParse<FileId>(text, out var id) ? id : throw new FormatException("It is no file's id."))];
}
