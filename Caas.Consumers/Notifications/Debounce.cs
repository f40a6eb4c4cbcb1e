namespace Caas.Consumers.Notifications;

/// <summary>
/// What was told of some subjects, and what is true of them: a change counts once it was seen <paramref name="seen"/>
/// times in a row, and until it could be told it goes on counting. Used by one loop.
/// </summary>
/// <param name="seen">How often.</param>
internal sealed class Debounce(int seen)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _changing = new(StringComparer.Ordinal);

    /// <summary>Whether it was told that the subject is in its bad state.</summary>
    public bool IsTold(string subject) => _told.Contains(subject);

    /// <summary>One look at a subject: true where it has changed for long enough, and must be told.</summary>
    public bool Look(string subject, bool bad)
    {
        if (bad == IsTold(subject))
        {
            _changing.Remove(subject);
            return false;
        }

        var times = _changing.GetValueOrDefault(subject) + 1;
        _changing[subject] = times;
        return times >= seen;
    }

    /// <summary>It was told.</summary>
    public void Tell(string subject, bool bad)
    {
        _changing.Remove(subject);
        _ = bad ? _told.Add(subject) : _told.Remove(subject);
    }
}
