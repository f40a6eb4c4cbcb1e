using System.IO.Pipelines;

namespace Caas.SocketIO.WebSockets;

/// <summary>A WebSocket that is a stream of something larger, as over HTTP/2, where a connection carries many.</summary>
internal sealed class WebSocketStreamPipe(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } =
        PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
}
