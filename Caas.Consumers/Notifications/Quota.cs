namespace Caas.Consumers.Notifications;

/// <summary>How something stands against what the operator is told at.</summary>
/// <param name="Subject">What it is.</param>
/// <param name="Value">How much of it there is.</param>
/// <param name="Limit">What it is told at; 0 for never.</param>
/// <param name="Detail">One line for a person.</param>
internal sealed record Quota(string Subject, double Value, double Limit, string Detail)
{
    /// <summary>Whether little is bad, not much.</summary>
    public bool IsFloor { get; init; }

    /// <summary>
    /// Whether it is reached. What was told is over only with half of it (at a floor, with twice of it): what wavers about
    /// the limit is one episode.
    /// </summary>
    public bool IsReached(bool told)
    {
        if (Limit <= 0)
        {
            return false;
        }

        return IsFloor
            ? Value < (told ? Limit * 2 : Limit)
            : Value >= (told ? Limit / 2 : Limit);
    }
}
