namespace Caas.Tests.Isolation;

/// <summary>
/// One way to name what is not one's own. In the templates <c>@</c> is the id, <c>{own}</c> a conversation of the one who
/// asks, <c>{self}</c> their user, <c>{n}</c> a number that no other request has.
/// </summary>
/// <param name="Kind">What kind of id it is: a key of <see cref="Victim.Foreign"/>.</param>
/// <param name="Path">The path of a request, or nothing for a command.</param>
/// <param name="Body">The JSON of the body or the argument; null for none.</param>
internal sealed record Probe(string Kind, string Path = "", string? Body = null)
{
    /// <summary>A header beside the credential.</summary>
    public (string Name, string Value)? Header { get; init; }

    /// <summary>Whom the id is foreign to.</summary>
    public Whom Whom { get; init; } = Whom.Everyone;

    /// <summary>Names nothing: the answer must hold nothing of the victim's.</summary>
    public static Probe Nothing(string path, string? body = null) => new(string.Empty, path, body);
}

/// <summary>To whom an id is foreign.</summary>
internal enum Whom
{
    /// <summary>To all who are not members.</summary>
    Everyone,

    /// <summary>To another client only: within the client users may know of one another.</summary>
    OtherClient,

    /// <summary>Not to those who were members: what happened in their time they may still see.</summary>
    NeverMembers,
}

/// <summary>What is asked of one endpoint or command; or why nothing is.</summary>
internal sealed record Entry
{
    private Entry(IReadOnlyList<Probe> probes, string? reason) => (Probes, Reason) = (probes, reason);

    /// <summary>The probes.</summary>
    public IReadOnlyList<Probe> Probes { get; }

    /// <summary>Why there are none.</summary>
    public string? Reason { get; }

    /// <summary>These are asked.</summary>
    public static Entry Of(params Probe[] probes) => new(probes, reason: null);

    /// <summary>It takes neither credential nor id.</summary>
    public static Entry Open(string reason) => new([], reason);
}
