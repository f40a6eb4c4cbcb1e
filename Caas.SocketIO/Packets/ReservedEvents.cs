using System.Collections.Frozen;

namespace Caas.SocketIO.Packets;

/// <summary>
/// Names that mean something to the libraries on either side and so never travel as an event, in or out.
/// <c>error</c> is among them because an emitter without a listener for it throws (CVE-2024-38355).
/// </summary>
internal static class ReservedEvents
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "error");

    public static bool Contains(string name) => Names.Contains(name);
}
