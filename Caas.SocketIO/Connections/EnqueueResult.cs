namespace Caas.SocketIO.Connections;

internal enum EnqueueResult
{
    Queued,
    Full,
    Closed,
}
