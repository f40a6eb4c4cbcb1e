namespace Caas.SocketIO.Connections;

/// <summary>What one WebSocket message carries: Engine.IO text with its digit, or bare binary.</summary>
internal readonly record struct OutboundFrame(ReadOnlyMemory<byte> Bytes, bool IsBinary);
