using Caas.Domain.Errors;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary><c>token.refresh</c>: the connection goes on with a new token of the same user.</summary>
internal sealed class TokenRefreshCommand(CredentialReader credentials, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.TokenRefresh;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<TokenRefreshInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (string.IsNullOrEmpty(input.Token))
        {
            return Error.Invalid("token", "is required.");
        }

        var read = await credentials.ReadTokenAsync(input.Token, cancellationToken);
        if (!read.TryGet(out var caller, out error))
        {
            return error;
        }

        if (caller.ClientId != session.Caller.ClientId || caller.UserId != session.Caller.UserId)
        {
            return new Error(ErrorCatalogue.InvalidCredential, "The token is not one of this connection's user.");
        }

        session.Renew(caller);
        return Acknowledgement.Empty;
    }
}

/// <summary>The argument of <c>token.refresh</c>.</summary>
/// <param name="Token">A new access token of the same user and client.</param>
internal sealed record TokenRefreshInput(string? Token);
