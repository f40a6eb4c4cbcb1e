using System.Text.Json;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>What a message said before an edit.</summary>
/// <param name="Number">1 for what was first sent, then 2, 3 ...</param>
/// <param name="Text">The text.</param>
/// <param name="Attributes">The attributes.</param>
/// <param name="Mentions">The mentions.</param>
/// <param name="At">Since when it said so.</param>
public sealed record Revision(
    int Number,
    string? Text,
    JsonElement? Attributes,
    IReadOnlyList<UserId> Mentions,
    DateTimeOffset At);
