using Caas.Fuzz.Targets;

namespace Caas.Fuzz;

/// <summary>The targets by name: every parser that takes bytes from outside.</summary>
internal static class FuzzTargets
{
    // Names stand here too: where afl-fuzz has the parsers instrumented, none may run before SharpFuzz has begun.
    private static readonly (string Name, Func<IFuzzTarget> Make)[] Known =
    [
        ("websocket", static () => new WebSocketTarget()),
        ("engine-io", static () => new EngineIOTarget()),
        ("socket-io", static () => new SocketIOTarget()),
        ("binary-packet", static () => new BinaryPacketTarget()),
        ("cursor", static () => new CursorTarget()),
        ("type-id", static () => new TypeIdTarget()),
        ("avro-value", static () => new AvroValueTarget()),
        ("avro-schema", static () => new AvroSchemaTarget()),
        ("json-body", static () => new JsonBodyTarget()),
        ("bus-frame", static () => new BusFrameTarget()),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Known.Select(static one => one.Name);

    /// <summary>One of each, new.</summary>
    public static IEnumerable<IFuzzTarget> All() => Known.Select(static one => one.Make());

    /// <summary>A new one of this name.</summary>
    public static IFuzzTarget Create(string name) => Known.Single(one => one.Name == name).Make();
}
