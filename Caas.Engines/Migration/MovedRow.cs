using System.Globalization;
using Caas.Domain.Ids;

namespace Caas.Engines.Migration;

/// <summary>A row as it is moved: numbers (<see cref="long"/>), texts, bytes and null, in the order of the table's columns.</summary>
/// <param name="Table">The table.</param>
/// <param name="Values">The values.</param>
internal sealed record MovedRow(MovedTable Table, IReadOnlyList<object?> Values)
{
    public IReadOnlyList<object> Key => [.. Values.Take(Table.Key.Count).Select(static value => value!)];

    /// <summary>What a person finds it by.</summary>
    public string Name => NameOf(Table, Key);

    public long Number(string column) => (long)Value(column)!;

    public long? NumberOrNull(string column) => (long?)Value(column);

    public int Small(string column) => checked((int)Number(column));

    public bool Flag(string column) => Number(column) != 0;

    public string Text(string column) => (string)Value(column)!;

    public string? TextOrNull(string column) => (string?)Value(column);

    public byte[] Bytes(string column) => (byte[])Value(column)!;

    public byte[]? BytesOrNull(string column) => (byte[]?)Value(column);

    public Guid Id(string column) => new(Bytes(column), bigEndian: true);

    public Guid? IdOrNull(string column) => BytesOrNull(column) is { } bytes ? new Guid(bytes, bigEndian: true) : null;

    public UserId User(string column) => UserId.Parse(Text(column));

    public DateTimeOffset Time(string column) => DateTimeOffset.FromUnixTimeMilliseconds(Number(column));

    public DateTimeOffset? TimeOrNull(string column) =>
        NumberOrNull(column) is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

    /// <summary>Whether all columns are the same; what is derived does not count.</summary>
    public bool SameAs(MovedRow other)
    {
        for (var i = 0; i < Table.Columns.Count; i++)
        {
            if (!MovedValue.AreEqual(Values[i], other.Values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A key as a person finds it: <c>messages conv_.../12</c>.</summary>
    public static string NameOf(MovedTable table, IReadOnlyList<object> key)
    {
        var parts = key.Select((value, place) => value switch
        {
            byte[] { Length: 16 } id => Text(table, place, new Guid(id, bigEndian: true)),
            byte[] bytes => Convert.ToHexStringLower(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
        return $"{table.Name} {string.Join('/', parts)}";
    }

    private static string Text(MovedTable table, int place, Guid id) =>
        place == 0 && table.IsOfConversations && id != Guid.Empty ? new ConversationId(id).ToString() : id.ToString();

    private object? Value(string column) => Values[Table.PlaceOf(column)];
}
