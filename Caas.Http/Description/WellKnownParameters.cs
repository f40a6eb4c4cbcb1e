namespace Caas.Http.Description;

/// <summary>What parameters mean that many operations share.</summary>
internal static class WellKnownParameters
{
    /// <summary>The words for a name; null where it is no shared one.</summary>
    public static string? DescriptionOf(string name) => name switch
    {
        "limit" => "The most items of a page: 1 to 200, 50 where left out.",
        "cursor" => "The nextCursor of the page before.",
        "conversationId" => "The conversation, conv_...",
        "messageId" => "The message, msg_...",
        "userId" => "The user, under the client's own id.",
        "emoji" => "An emoji, percent-encoded, or a short name without spaces.",
        "userIds" => "The users, separated by commas.",
        "proof" => "The sequence number of the message to prove.",
        _ => null,
    };
}
