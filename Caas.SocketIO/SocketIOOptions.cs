using Caas.SocketIO.Connections;
using Caas.SocketIO.Packets;

namespace Caas.SocketIO;

/// <summary>
/// Every limit and duration of the server. The defaults are meant for production; <see cref="Validate"/> runs at start.
/// </summary>
public sealed class SocketIOOptions
{
    /// <summary>The configuration section that these belong to.</summary>
    public const string Section = "SocketIO";

    /// <summary>How long after a pong the next ping is sent.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a peer may take to answer a ping before its session ends.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a session may live without an accepted CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long the probe of an upgrade may take before its WebSocket is dropped (the session stays).</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one frame, or one poll's answer, may take to leave before the peer counts as slow.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a closing session may take to send its last words and to see the peer agree.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the attachments of a binary packet may take to arrive.</summary>
    public TimeSpan BinaryPacketTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server waits for its connections when the host stops.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Sessions at one time, of either transport; more are answered 503.</summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Whether long polling is offered. It needs a proxy that is sticky by <c>sid</c>.</summary>
    public bool AllowPolling { get; set; } = true;

    /// <summary>Bytes of one WebSocket message or one POST body, and about those of one poll's answer.</summary>
    public int MaxPayloadBytes { get; set; } = 1_000_000;

    /// <summary>Packets in one POST body.</summary>
    public int MaxPacketsPerPayload { get; set; } = 10_000;

    /// <summary>
    /// Reads that one WebSocket message may take. Every fragment is at least one, however empty, and so is every time
    /// that the network had no more.
    /// </summary>
    public int MaxFragmentsPerMessage { get; set; } = 16_384;

    /// <summary>Binary attachments of one packet, 1 to 64.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Bytes of a binary packet: its text and all its attachments.</summary>
    public int MaxBinaryPacketBytes { get; set; } = 4_000_000;

    /// <summary>Nesting of JSON in a packet, the array of an event's arguments included.</summary>
    public int MaxJsonDepth { get; set; } = 32;

    /// <summary>Bytes of an event's name as written in its JSON.</summary>
    public int MaxEventNameBytes { get; set; } = 128;

    /// <summary>Arguments of one event, its name not counted.</summary>
    public int MaxArguments { get; set; } = 32;

    /// <summary>Packets that wait for the handler; beyond, nothing is read from the peer until there is room.</summary>
    public int MaxInboundEvents { get; set; } = 64;

    /// <summary>Bytes of the packets that wait for the handler; one packet is always let in.</summary>
    public int MaxInboundBytes { get; set; } = 1_000_000;

    /// <summary>Bytes that wait to be sent to one peer; beyond, it is closed as slow.</summary>
    public int MaxOutboundBytes { get; set; } = 1_000_000;

    /// <summary>Events that wait to be sent to one peer; beyond, it is closed as slow.</summary>
    public int MaxOutboundEvents { get; set; } = 4_096;

    /// <summary>
    /// How long a burst waits for the peers who take it but have more than half of a bound waiting: longer slows the others,
    /// shorter cuts off peers that a busy machine keeps waiting themselves.
    /// </summary>
    public TimeSpan BurstPatience { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// What a peer is told that is closed as slow: its queue is dropped and this is sent if it still can be. Null for
    /// nothing.
    /// </summary>
    public EncodedEvent? SlowFarewell { get; set; }

    /// <summary>
    /// Decides on the <c>Origin</c> header of every request that carries one: its value as sent. Null allows only the
    /// server's own origin. An exception denies. Requests without the header (not from browsers) pass.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<bool>>? IsOriginAllowed { get; set; }

    internal PacketLimits PacketLimits => new(
        MaxAttachments, MaxBinaryPacketBytes, MaxJsonDepth, MaxEventNameBytes, MaxArguments);

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    public string? FindFault() => Durations()
        .Select(one => FaultOf(one.Name, one.Value))
        .Concat(Caps().Select(one => FaultOf(one.Name, one.Value, one.Least, one.Most)))
        .FirstOrDefault(static fault => fault is not null);

    /// <summary>Checks every value; the first that cannot work is named by its configuration path.</summary>
    /// <exception cref="InvalidOperationException">A value is out of range.</exception>
    public void Validate()
    {
        if (FindFault() is { } fault)
        {
            throw new InvalidOperationException(fault);
        }
    }

    private IEnumerable<(string Name, TimeSpan Value)> Durations() =>
    [
        (nameof(PingInterval), PingInterval),
        (nameof(PingTimeout), PingTimeout),
        (nameof(ConnectTimeout), ConnectTimeout),
        (nameof(UpgradeTimeout), UpgradeTimeout),
        (nameof(SendTimeout), SendTimeout),
        (nameof(CloseTimeout), CloseTimeout),
        (nameof(BinaryPacketTimeout), BinaryPacketTimeout),
        (nameof(StopTimeout), StopTimeout),
        (nameof(BurstPatience), BurstPatience),
    ];

    private IEnumerable<(string Name, int Value, int Least, int Most)> Caps() =>
    [
        (nameof(MaxConnections), MaxConnections, 1, int.MaxValue),
        (nameof(MaxPayloadBytes), MaxPayloadBytes, 1_024, 100_000_000),
        (nameof(MaxPacketsPerPayload), MaxPacketsPerPayload, 1, 1_000_000),
        (nameof(MaxFragmentsPerMessage), MaxFragmentsPerMessage, 1, 1_000_000),
        (nameof(MaxAttachments), MaxAttachments, 1, 64),
        (nameof(MaxBinaryPacketBytes), MaxBinaryPacketBytes, 1_024, 1_000_000_000),
        (nameof(MaxJsonDepth), MaxJsonDepth, 2, 256),
        (nameof(MaxEventNameBytes), MaxEventNameBytes, 1, 4_096),
        (nameof(MaxArguments), MaxArguments, 1, 1_024),
        (nameof(MaxInboundEvents), MaxInboundEvents, 1, 100_000),
        (nameof(MaxInboundBytes), MaxInboundBytes, 1, 1_000_000_000),
        (nameof(MaxOutboundBytes), MaxOutboundBytes, 1, 1_000_000_000),
        (nameof(MaxOutboundEvents), MaxOutboundEvents, 1, 1_000_000),
    ];

    private static string? FaultOf(string name, TimeSpan value) =>
        value < TimeSpan.FromMilliseconds(1) || value > TimeSpan.FromDays(1)
            ? $"{Section}:{name} must be between 1 ms and 1 day, not {value}."
            : null;

    private static string? FaultOf(string name, int value, int least, int most) =>
        value < least || value > most ? $"{Section}:{name} must be between {least} and {most}, not {value}." : null;
}
