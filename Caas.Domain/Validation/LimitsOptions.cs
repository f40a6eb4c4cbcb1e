using Caas.Domain.Events;

namespace Caas.Domain.Validation;

/// <summary>Every cap on what comes from outside: counts, sizes, rates and times.</summary>
public sealed class LimitsOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Limits";

    /// <summary>Requests a minute from one IP address that carry no valid credential; 0 switches the limit off.</summary>
    public int PerIpPerMinute { get; set; } = 100;

    /// <summary>Requests and socket commands a minute of one user; 0 switches the limit off.</summary>
    public int PerUserPerMinute { get; set; } = 600;

    /// <summary>Requests a minute with one API key; 0 switches the limit off.</summary>
    public int PerKeyPerMinute { get; set; } = 6000;

    /// <summary>The largest request body, in bytes.</summary>
    public int BodyBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>The longest a request may take before it is answered 504.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest text of a message, in bytes of UTF-8.</summary>
    public int TextBytes { get; set; } = 16 * 1024;

    /// <summary>The largest attributes object, in bytes of JSON.</summary>
    public int AttributesBytes { get; set; } = 4 * 1024;

    /// <summary>The deepest nesting of a request body.</summary>
    public int JsonDepth { get; set; } = 16;

    /// <summary>The most users that one message may mention.</summary>
    public int Mentions { get; set; } = 50;

    /// <summary>The most files that one message may carry.</summary>
    public int Attachments { get; set; } = 20;

    /// <summary>The most members that one request may add.</summary>
    public int MembersPerRequest { get; set; } = 100;

    /// <summary>The most members of one conversation.</summary>
    public int MembersPerConversation { get; set; } = 100_000;

    /// <summary>The longest name, in characters.</summary>
    public int NameLength { get; set; } = 200;

    /// <summary>The longest <c>clientMessageId</c>, in characters.</summary>
    public int ClientMessageIdLength { get; set; } = 128;

    /// <summary>The most users of one batch.</summary>
    public int UsersPerBatch { get; set; } = 100;

    /// <summary>The most changes, and the most conversation ids, of one sync.</summary>
    public int SyncChanges { get; set; } = 1000;

    /// <summary>How far behind a device may be, in changes of one conversation, before it is told to start over.</summary>
    public int SyncResetAfterChanges { get; set; } = 1000;

    /// <summary>How long a device may be away before it is told to start over.</summary>
    public TimeSpan SyncResetAfter { get; set; } = TimeSpan.FromDays(90);

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var (name, value) in Rates())
        {
            if (value < 0)
            {
                yield return $"{Section}:{name}: must be 0 (off) or more.";
            }
        }

        foreach (var (name, value) in Caps())
        {
            if (value < 1)
            {
                yield return $"{Section}:{name}: must be 1 or more.";
            }
        }

        if (JsonDepth > EventJson.MaxAttributesDepth)
        {
            yield return $"{Section}:{nameof(JsonDepth)}: must be {EventJson.MaxAttributesDepth} or less, or events could not be read.";
        }

        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(10))
        {
            yield return $"{Section}:{nameof(RequestTimeout)}: must be between 00:00:01 and 00:10:00.";
        }

        if (SyncResetAfter < TimeSpan.FromHours(1))
        {
            yield return $"{Section}:{nameof(SyncResetAfter)}: must be 01:00:00 or more.";
        }
    }

    private IEnumerable<(string Name, int Value)> Rates() =>
    [
        (nameof(PerIpPerMinute), PerIpPerMinute),
        (nameof(PerUserPerMinute), PerUserPerMinute),
        (nameof(PerKeyPerMinute), PerKeyPerMinute),
    ];

    private IEnumerable<(string Name, int Value)> Caps() =>
    [
        (nameof(BodyBytes), BodyBytes),
        (nameof(TextBytes), TextBytes),
        (nameof(AttributesBytes), AttributesBytes),
        (nameof(JsonDepth), JsonDepth),
        (nameof(Mentions), Mentions),
        (nameof(Attachments), Attachments),
        (nameof(MembersPerRequest), MembersPerRequest),
        (nameof(MembersPerConversation), MembersPerConversation),
        (nameof(NameLength), NameLength),
        (nameof(ClientMessageIdLength), ClientMessageIdLength),
        (nameof(UsersPerBatch), UsersPerBatch),
        (nameof(SyncChanges), SyncChanges),
        (nameof(SyncResetAfterChanges), SyncResetAfterChanges),
    ];
}
