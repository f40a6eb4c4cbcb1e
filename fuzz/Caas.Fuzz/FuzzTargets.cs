using Caas.Fuzz.Targets;

namespace Caas.Fuzz;

/// <summary>The targets by name: every parser that takes bytes from outside.</summary>
internal static class FuzzTargets
{
    private static readonly Func<IFuzzTarget>[] Makers =
    [
        static () => new EngineIOTarget(),
        static () => new SocketIOTarget(),
        static () => new BinaryPacketTarget(),
        static () => new CursorTarget(),
        static () => new TypeIdTarget(),
        static () => new AvroValueTarget(),
        static () => new AvroSchemaTarget(),
        static () => new JsonBodyTarget(),
        static () => new BusFrameTarget(),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All().Select(static target => target.Name);

    /// <summary>One of each, new.</summary>
    public static IEnumerable<IFuzzTarget> All() => Makers.Select(static make => make());

    /// <summary>A new one of this name.</summary>
    public static IFuzzTarget Create(string name) => All().Single(target => target.Name == name);
}
