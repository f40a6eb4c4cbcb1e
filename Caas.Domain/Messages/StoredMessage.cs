using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>A message as it is kept.</summary>
/// <param name="Message">What everybody sees, without <c>mine</c>.</param>
/// <param name="Salt">The salt of its leaf; empty once the content was erased.</param>
/// <param name="Fingerprint">
/// Of the content as first sent, under the salt: tells a repeated send from a reused <c>clientMessageId</c>.
/// Empty once the content was erased.
/// </param>
/// <param name="SentVersion">The version of its <c>message.sent</c>.</param>
/// <param name="Edits">How often it was edited: the number of its revisions.</param>
public sealed record StoredMessage(
    Message Message,
    ReadOnlyMemory<byte> Salt,
    ReadOnlyMemory<byte> Fingerprint,
    long SentVersion,
    int Edits = 0);

/// <summary>What makes a send unique, for ever.</summary>
/// <param name="SenderId">The sender.</param>
/// <param name="ClientMessageId">The sender's own id of the message.</param>
public readonly record struct ClientMessageKey(UserId SenderId, string ClientMessageId);
