namespace Caas.Domain.Events;

/// <summary>
/// What a member may see of a change. Versions go on without holes for everyone, so a change about a message from
/// before their time is not left out: it comes without the content.
/// </summary>
public static class MemberHistory
{
    /// <summary>The body for a member whose history begins at a sequence number.</summary>
    public static ReadOnlyMemory<byte> BodyFor(Change change, long fromSequence)
    {
        if (fromSequence <= 1 || !change.Type.StartsWith("message.", StringComparison.Ordinal))
        {
            return change.Body;
        }

        var sequence = EventJson.Read(change.Body.Span).Data.Message?.Sequence;
        return sequence < fromSequence ? EventJson.Blank(change.Body.Span) : change.Body;
    }
}
