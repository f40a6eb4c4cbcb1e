using System.Globalization;

namespace Caas.Engines.Migration;

/// <summary>The values of rows and keys: numbers, texts, bytes and null.</summary>
internal static class MovedValue
{
    public static bool AreEqual(object? one, object? other) => (one, other) switch
    {
        (null, null) => true,
        (long left, long right) => left == right,
        (string left, string right) => string.Equals(left, right, StringComparison.Ordinal),
        (byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right),
        _ => false,
    };

    /// <summary>A key as text that tells it from every other, and from which it is read again.</summary>
    public static string[] Write(IEnumerable<object> key) =>
    [
        .. key.Select(static value => value switch
        {
            long number => "n" + number.ToString(CultureInfo.InvariantCulture),
            byte[] bytes => "b" + Convert.ToHexStringLower(bytes),
            _ => "t" + value,
        }),
    ];

    /// <summary>The same as one text.</summary>
    public static string Join(IEnumerable<object> key) => string.Join('\0', Write(key));

    /// <summary>The key of <see cref="Write"/>.</summary>
    public static IReadOnlyList<object> Read(IEnumerable<string> key) =>
    [
        .. key.Select(static text => text[0] switch
        {
            'n' => long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
            'b' => Convert.FromHexString(text.AsSpan(1)),
            _ => (object)text[1..],
        }),
    ];
}
