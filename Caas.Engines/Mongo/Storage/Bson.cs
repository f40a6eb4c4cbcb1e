using System.Runtime.InteropServices;
using System.Text.Json;
using Caas.Domain.Ids;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Storage;

/// <summary>Values as they are stored, and read again. What is null is left out of a document.</summary>
internal static class Bson
{
    /// <summary>The key of everything.</summary>
    public const string Key = "_id";

    public static BsonValue Id(Guid value) => new BsonBinaryData(value, GuidRepresentation.Standard);

    public static BsonValue Time(DateTimeOffset value) => new BsonDateTime(value.ToUnixTimeMilliseconds());

    public static BsonValue Bytes(ReadOnlyMemory<byte> value) => new BsonBinaryData(value.ToArray());

    public static BsonArray Ids(IEnumerable<Guid> values) => [.. values.Select(Id)];

    public static BsonArray Texts(IEnumerable<string> values) => [.. values.Select(static value => new BsonString(value))];

    /// <summary>Adds a field where there is a value.</summary>
    public static BsonDocument With(this BsonDocument document, string name, BsonValue? value) =>
        value is null ? document : document.Add(name, value);

    public static BsonDocument With(this BsonDocument document, string name, DateTimeOffset? value) =>
        value is { } time ? document.Add(name, Time(time)) : document;

    public static BsonDocument With(this BsonDocument document, string name, Guid? value) =>
        value is { } id ? document.Add(name, Id(id)) : document;

    public static BsonDocument With(this BsonDocument document, string name, string? value) =>
        value is null ? document : document.Add(name, value);

    public static BsonDocument With(this BsonDocument document, string name, IReadOnlyList<UserId> users) =>
        users.Count == 0 ? document : document.Add(name, Texts(users.Select(static user => user.Value)));

    /// <summary>The client's own words, as they were written.</summary>
    public static BsonDocument With(this BsonDocument document, string name, JsonElement? value) =>
        value is { } json ? document.Add(name, System.Text.Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json))) : document;

    public static Guid Id(this BsonDocument document, string name) =>
        document[name].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    public static Guid? IdOrNull(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard) : null;

    public static string Text(this BsonDocument document, string name) => document[name].AsString;

    public static string? TextOrNull(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.AsString : null;

    public static UserId User(this BsonDocument document, string name) => UserId.Parse(document.Text(name));

    public static long Number(this BsonDocument document, string name) => document[name].ToInt64();

    public static long? NumberOrNull(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.ToInt64() : null;

    public static int Small(this BsonDocument document, string name) => document[name].ToInt32();

    public static bool Flag(this BsonDocument document, string name) => document.TryGetValue(name, out var value) && value.AsBoolean;

    public static DateTimeOffset At(this BsonDocument document, string name) =>
        DateTimeOffset.FromUnixTimeMilliseconds(document[name].AsBsonDateTime.MillisecondsSinceEpoch);

    public static DateTimeOffset? AtOrNull(this BsonDocument document, string name) =>
        document.Contains(name) ? document.At(name) : null;

    public static byte[] Blob(this BsonDocument document, string name) => document[name].AsBsonBinaryData.Bytes;

    public static JsonElement? JsonOrNull(this BsonDocument document, string name) =>
        document.TextOrNull(name) is { } text ? JsonElement.Parse(text) : null;

    public static IReadOnlyList<UserId> Users(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? [.. value.AsBsonArray.Select(static user => UserId.Parse(user.AsString))] : [];

    public static IReadOnlyList<string> TextList(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? [.. value.AsBsonArray.Select(static text => text.AsString)] : [];

    public static BsonDocument Document(this BsonDocument document, string name) => document[name].AsBsonDocument;
}
