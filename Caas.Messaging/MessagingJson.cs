using System.Text.Json.Serialization;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Http.Paging;
using Caas.Messaging.Messages;
using Caas.Messaging.Presence;
using Caas.Messaging.Reactions;
using Caas.Messaging.Realtime;
using Caas.Messaging.Receipts;

namespace Caas.Messaging;

/// <summary>The JSON of this service's bodies; <see cref="Caas.Http.Json.ApiJson"/> sets how they are read and written.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateConversationInput))]
[JsonSerializable(typeof(Conversation))]
[JsonSerializable(typeof(Page<Conversation>))]
[JsonSerializable(typeof(AddMemberInput))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Page<Member>))]
[JsonSerializable(typeof(SendMessageInput))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(Page<Message>))]
[JsonSerializable(typeof(MarkReadInput))]
[JsonSerializable(typeof(MarkReadArgument))]
[JsonSerializable(typeof(ReadPositionAnswer))]
[JsonSerializable(typeof(SyncInput))]
[JsonSerializable(typeof(SyncAnswer))]
[JsonSerializable(typeof(UpdateConversationInput))]
[JsonSerializable(typeof(SequenceAnswer))]
[JsonSerializable(typeof(UpdateMemberInput))]
[JsonSerializable(typeof(EditMessageInput))]
[JsonSerializable(typeof(EditMessageArgument))]
[JsonSerializable(typeof(DeleteMessageArgument))]
[JsonSerializable(typeof(Page<Revision>))]
[JsonSerializable(typeof(ReactionArgument))]
[JsonSerializable(typeof(UnreadAnswer))]
[JsonSerializable(typeof(PresenceAnswer))]
[JsonSerializable(typeof(PresenceSetInput))]
[JsonSerializable(typeof(PresenceSubscribeInput))]
[JsonSerializable(typeof(TypingInput))]
[JsonSerializable(typeof(TokenRefreshInput))]
internal sealed partial class MessagingJson : JsonSerializerContext;
