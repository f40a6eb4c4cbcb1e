namespace Caas.Tests.EndToEnd;

/// <summary>
/// Judges what happened in one conversation. The writer assigns one total order, so no search is needed: each rule is one
/// pass over what was observed from outside.
/// </summary>
internal static class OrderChecker
{
    /// <summary>Every broken rule, as <c>C1: what</c>; empty where none is.</summary>
    public static IReadOnlyList<string> Check(ConversationHistory observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return
        [
            .. AcknowledgedNumbersAreUnique(observed.Sends),
            .. FinalHistoryIsGapless(observed.Final),
            .. AcknowledgedIsThereOnce(observed),
            .. RealTimeIsKept(observed.Sends),
            .. ReadersSawAnIntervalOfTheHistory(observed),
            .. UnknownIsThereAtMostOnce(observed),
        ];
    }

    private static IEnumerable<string> AcknowledgedNumbersAreUnique(IReadOnlyList<Send> sends) => sends
        .Where(send => send.Sequence is not null)
        .GroupBy(send => send.Sequence)
        .Where(group => group.Count() > 1)
        .Select(group => $"C1: {group.Key} was acknowledged for {string.Join(" and ", group.Select(send => send.Key))}");

    private static IEnumerable<string> FinalHistoryIsGapless(IReadOnlyList<Entry> final) => final
        .Select((entry, index) => (entry, Expected: index + 1L))
        .Where(pair => pair.entry.Sequence != pair.Expected)
        .Take(1)
        .Select(pair => $"C2: {pair.entry.Sequence} stands where {pair.Expected} belongs");

    private static IEnumerable<string> AcknowledgedIsThereOnce(ConversationHistory observed)
    {
        var byKey = observed.Final.ToLookup(entry => entry.Key, StringComparer.Ordinal);
        foreach (var send in observed.Sends.Where(send => send.Sequence is not null))
        {
            var found = byKey[send.Key].ToList();
            if (found is not [var entry])
            {
                yield return $"C3: {send.Key}, acknowledged as {send.Sequence}, is there {found.Count} times";
            }
            else if (entry.Sequence != send.Sequence || entry.Text != send.Text)
            {
                yield return $"C3: {send.Key} was acknowledged as {send.Sequence} '{send.Text}' and is {entry.Sequence} '{entry.Text}'";
            }
        }
    }

    // Whose acknowledgement was back before another send began, has the lower number.
    private static IEnumerable<string> RealTimeIsKept(IReadOnlyList<Send> sends)
    {
        Send? firstBack = null;
        foreach (var send in sends.Where(send => send.Sequence is not null).OrderByDescending(send => send.Sequence))
        {
            if (firstBack is not null && firstBack.ReturnedAt < send.InvokedAt)
            {
                yield return $"C4: {firstBack.Key} ({firstBack.Sequence}) was back before {send.Key} ({send.Sequence}) began";
            }

            if (firstBack is null || send.ReturnedAt < firstBack.ReturnedAt)
            {
                firstBack = send;
            }
        }
    }

    private static IEnumerable<string> ReadersSawAnIntervalOfTheHistory(ConversationHistory observed)
    {
        var final = observed.Final.DistinctBy(entry => entry.Sequence).ToDictionary(entry => entry.Sequence);
        foreach (var (reader, entries) in observed.Readers)
        {
            var seen = entries.OrderBy(entry => entry.Sequence).ToList();
            for (var index = 0; index < seen.Count; index++)
            {
                if (index > 0 && seen[index].Sequence > seen[index - 1].Sequence + 1)
                {
                    yield return $"C5: {reader} saw {seen[index - 1].Sequence} and then {seen[index].Sequence}";
                }

                if (!final.TryGetValue(seen[index].Sequence, out var entry) || entry != seen[index])
                {
                    yield return $"C5: {reader} saw {seen[index]}, the history has {entry}";
                }
            }

            if (observed.Final is [.., var last] && (seen.Count == 0 || seen[^1].Sequence < last.Sequence))
            {
                yield return $"C5: {reader} caught up to {(seen.Count == 0 ? 0 : seen[^1].Sequence)} of {last.Sequence}";
            }
        }
    }

    private static IEnumerable<string> UnknownIsThereAtMostOnce(ConversationHistory observed)
    {
        var sends = observed.Sends.Select(send => send.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var group in observed.Final.GroupBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!sends.Contains(group.Key))
            {
                yield return $"C6: nobody sent {group.Key}";
            }
            else if (group.Count() > 1)
            {
                yield return $"C6: {group.Key} is there {group.Count()} times";
            }
        }
    }
}

/// <summary>What was observed of one conversation.</summary>
/// <param name="Sends">Every send that was begun.</param>
/// <param name="Final">The history at the end, oldest first.</param>
/// <param name="Readers">What each reader was given after it caught up, in any order, each message once.</param>
internal sealed record ConversationHistory(
    IReadOnlyList<Send> Sends, IReadOnlyList<Entry> Final, IReadOnlyDictionary<string, IReadOnlyList<Entry>> Readers);

/// <summary>A send: the first time that it was tried until an answer was back.</summary>
/// <param name="Key">The sender and their <c>clientMessageId</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="InvokedAt">When it was first tried, monotonic.</param>
/// <param name="ReturnedAt">When its acknowledgement was back.</param>
/// <param name="Sequence">The acknowledged number; null where the outcome is unknown.</param>
internal sealed record Send(string Key, string Text, long InvokedAt, long ReturnedAt, long? Sequence);

/// <summary>A message as a reader sees it.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Key">The sender and their <c>clientMessageId</c>.</param>
/// <param name="Text">The text.</param>
internal sealed record Entry(long Sequence, string Key, string Text);
