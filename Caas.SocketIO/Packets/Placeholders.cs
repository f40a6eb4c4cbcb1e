using System.Text.Json;

namespace Caas.SocketIO.Packets;

/// <summary>
/// Finds the placeholders of a binary event and holds them to be a permutation of its attachments: each index once,
/// none outside (CVE-2022-2421 was a <c>num</c> that is no index). In a text event such objects are ordinary JSON.
/// </summary>
internal struct Placeholders(int attachments)
{
    private ulong _seen;
    private bool _bad;

    public readonly bool AreComplete =>
        attachments == 0 || (!_bad && _seen == (attachments == 64 ? ulong.MaxValue : (1UL << attachments) - 1));

    /// <summary>Moves from a value's first token to its last. The reader's own depth limit bounds the recursion.</summary>
    public void Scan(ref Utf8JsonReader reader)
    {
        if (attachments == 0)
        {
            reader.Skip();
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Scan(ref reader);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ScanObject(ref reader);
        }
    }

    private void ScanObject(ref Utf8JsonReader reader)
    {
        var isPlaceholder = false;
        var index = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var marks = reader.ValueTextEquals("_placeholder"u8);
            var numbers = reader.ValueTextEquals("num"u8);
            reader.Read();
            if (marks)
            {
                isPlaceholder = reader.TokenType == JsonTokenType.True;
            }
            else if (numbers)
            {
                index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : -1;
            }

            Scan(ref reader);
        }

        if (isPlaceholder)
        {
            Mark(index);
        }
    }

    private void Mark(int index)
    {
        if (index < 0 || index >= attachments || (_seen & (1UL << index)) != 0)
        {
            _bad = true;
            return;
        }

        _seen |= 1UL << index;
    }
}
