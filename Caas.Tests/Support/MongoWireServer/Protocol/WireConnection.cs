using System.Net.Security;
using System.Net.Sockets;
using Caas.Tests.Support.MongoWireServer.Commands;

namespace Caas.Tests.Support.MongoWireServer.Protocol;

/// <summary>One client's connection: its messages are answered one after another.</summary>
internal sealed class WireConnection(MongoNode node, TcpClient tcp, int number, StallGate gate)
{
    private readonly ClientIdentity _client = new(number);
    private readonly CommandDispatcher _dispatcher = new(node);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (tcp)
        {
            try
            {
                tcp.NoDelay = true;
                await gate.WaitAsync(cancellationToken);
                await using var stream = await OpenAsync(cancellationToken);
                while (await WireMessage.ReadAsync(stream, cancellationToken) is { } message)
                {
                    await gate.WaitAsync(cancellationToken);
                    if (!await AnswerAsync(stream, message, cancellationToken))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (
                exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException
                    or FormatException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away, sent what is no message, or the server stops: the connection ends either way.
            }
        }
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (node.Options.Certificate is not { } certificate)
        {
            return tcp.GetStream();
        }

        var secure = new SslStream(tcp.GetStream());
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
        return secure;
    }

    /// <summary>False: the connection is to be closed.</summary>
    private async Task<bool> AnswerAsync(Stream stream, WireMessage message, CancellationToken cancellationToken)
    {
        var answer = await _dispatcher.AnswerAsync(_client, message.Command, cancellationToken);
        if (answer is null)
        {
            return false;
        }

        await gate.WaitAsync(cancellationToken);
        if (message.IsAnswered)
        {
            await stream.WriteAsync(message.Answer(answer), cancellationToken);
        }

        return true;
    }
}
