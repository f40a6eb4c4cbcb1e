namespace Caas.SocketIO;

/// <summary>A handler's answer to a CONNECT packet.</summary>
public sealed class ConnectDecision
{
    private ConnectDecision(bool accepted, string message, ReadOnlyMemory<byte> dataJsonUtf8)
    {
        IsAccepted = accepted;
        Message = message;
        DataJsonUtf8 = dataJsonUtf8;
    }

    /// <summary>The client gets CONNECT with its id.</summary>
    public static ConnectDecision Accept { get; } = new(accepted: true, "", default);

    /// <summary>Whether the connection is accepted.</summary>
    public bool IsAccepted { get; }

    internal string Message { get; }

    internal ReadOnlyMemory<byte> DataJsonUtf8 { get; }

    /// <summary>
    /// The client gets CONNECT_ERROR <c>{"message":...,"data":...}</c>, its <c>connect_error</c> event; then the session
    /// is closed.
    /// </summary>
    /// <param name="message">For people; the error's message on the client.</param>
    /// <param name="dataJsonUtf8">One JSON value for programs, or empty for none. Copied as it is.</param>
    public static ConnectDecision Refuse(string message, ReadOnlyMemory<byte> dataJsonUtf8 = default) =>
        new(accepted: false, message, dataJsonUtf8);
}
