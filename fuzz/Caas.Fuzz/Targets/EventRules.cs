using System.Runtime.InteropServices;
using System.Text.Json;
using Caas.SocketIO;
using Caas.SocketIO.Packets;

namespace Caas.Fuzz.Targets;

/// <summary>What must hold of an event that was accepted, by the framework's document reader.</summary>
internal static class EventRules
{
    private static readonly PacketLimits Limits = new SocketIOOptions().PacketLimits;

    /// <summary>Same name, same arguments, and each attachment has one placeholder.</summary>
    public static void Check(in EventPayload read, int attachments, ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = Limits.MaxJsonDepth });
        var root = document.RootElement;
        Oracle.Require(root.GetArrayLength() == 1 + read.Arguments.Length, "An event has a name and its arguments.");
        Oracle.Require(root[0].ValueEquals(read.Name), "An event has the name that is written first.");
        Oracle.Require(read.Name.Length > 0 && !ReservedEvents.Contains(read.Name), "A name is neither empty nor reserved.");
        Oracle.Require(read.Arguments.Length <= Limits.MaxArguments, "Arguments are within their cap.");
        var numbers = new List<int>();
        for (var i = 0; i < read.Arguments.Length; i++)
        {
            var written = JsonMarshal.GetRawUtf8Value(root[i + 1]);
            Oracle.Require(written.SequenceEqual(read.Arguments[i].Span), "An argument is what is written at its place.");
            if (attachments > 0)
            {
                FindPlaceholders(root[i + 1], numbers);
            }
        }

        numbers.Sort();
        Oracle.Require(numbers.SequenceEqual(Enumerable.Range(0, attachments)), "Each attachment has one placeholder, and no more.");
    }

    /// <summary>Whether two are one event.</summary>
    public static bool AreSame(in EventPayload one, in EventPayload other) =>
        one.Name == other.Name && Join(one.Arguments).AsSpan().SequenceEqual(Join(other.Arguments));

    /// <summary>The arguments as they are written.</summary>
    public static byte[] Join(ReadOnlyMemory<byte>[] arguments)
    {
        using var bytes = new MemoryStream();
        for (var i = 0; i < arguments.Length; i++)
        {
            bytes.Write(i == 0 ? ""u8 : ","u8);
            bytes.Write(arguments[i].Span);
        }

        return bytes.ToArray();
    }

    private static void FindPlaceholders(JsonElement value, List<int> numbers)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                FindPlaceholders(item, numbers);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            if (Last(value, "_placeholder") is { ValueKind: JsonValueKind.True })
            {
                var number = Last(value, "num");
                numbers.Add(number is { ValueKind: JsonValueKind.Number } some && some.TryGetInt32(out var index) ? index : -1);
            }

            foreach (var member in value.EnumerateObject())
            {
                FindPlaceholders(member.Value, numbers);
            }
        }
    }

    // Where a member stands more than once, the last counts.
    private static JsonElement? Last(JsonElement value, string name)
    {
        JsonElement? last = null;
        foreach (var member in value.EnumerateObject())
        {
            last = IsNamed(member, name) ? member.Value : last;
        }

        return last;
    }

    private static bool IsNamed(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: JSON by its grammar, and no name that anybody looks for.
            return false;
        }
    }
}
