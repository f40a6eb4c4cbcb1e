using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>The columns that hold JSON.</summary>
internal static class RowJson
{
    /// <summary>The client's own words, as they were written.</summary>
    public static Statement Bind(this Statement statement, JsonElement? element) => element is { } given
        ? statement.BindUtf8(JsonMarshal.GetRawUtf8Value(given))
        : statement.BindNull();

    public static JsonElement? JsonOrNull(this Statement row, int column) =>
        row.IsNull(column) ? null : JsonElement.Parse(row.Blob(column));

    public static Statement Bind(this Statement statement, IReadOnlyList<FileId> files) => files.Count == 0
        ? statement.BindNull()
        : statement.BindUtf8(JsonSerializer.SerializeToUtf8Bytes(files, RowJsonContext.Default.IReadOnlyListFileId));

    public static Statement Bind(this Statement statement, IReadOnlyList<UserId> users) => users.Count == 0
        ? statement.BindNull()
        : statement.BindUtf8(JsonSerializer.SerializeToUtf8Bytes(users, RowJsonContext.Default.IReadOnlyListUserId));

    public static Statement Bind(this Statement statement, IReadOnlyList<string> texts) =>
        statement.BindUtf8(JsonSerializer.SerializeToUtf8Bytes(texts, RowJsonContext.Default.IReadOnlyListString));

    public static IReadOnlyList<FileId> Files(this Statement row, int column) => row.IsNull(column)
        ? []
        : JsonSerializer.Deserialize(row.Blob(column), RowJsonContext.Default.IReadOnlyListFileId) ?? [];

    public static IReadOnlyList<UserId> Users(this Statement row, int column) => row.IsNull(column)
        ? []
        : JsonSerializer.Deserialize(row.Blob(column), RowJsonContext.Default.IReadOnlyListUserId) ?? [];

    public static IReadOnlyList<string> Texts(this Statement row, int column) =>
        JsonSerializer.Deserialize(row.Blob(column), RowJsonContext.Default.IReadOnlyListString) ?? [];
}

/// <summary>The JSON in columns.</summary>
[JsonSerializable(typeof(IReadOnlyList<FileId>))]
[JsonSerializable(typeof(IReadOnlyList<UserId>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class RowJsonContext : JsonSerializerContext;
