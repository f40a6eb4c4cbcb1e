using System.Text.Json.Serialization;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;

namespace Caas.Fuzz.Targets;

/// <summary>The bodies that the targets read.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(MessageId))]
[JsonSerializable(typeof(SendMessageInput))]
[JsonSerializable(typeof(CreateConversationInput))]
[JsonSerializable(typeof(SyncInput))]
internal sealed partial class FuzzJson : JsonSerializerContext;
