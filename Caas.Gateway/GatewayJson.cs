using System.Text.Json.Serialization;
using Caas.Domain.Clients;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Gateway.Tokens;
using Caas.Gateway.Users;
using Caas.Http.Paging;

namespace Caas.Gateway;

/// <summary>The JSON of this service's bodies; <see cref="Caas.Http.Json.ApiJson"/> sets how they are read and written.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RegisterClientInput))]
[JsonSerializable(typeof(RegisteredClient))]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(PutUserInput))]
[JsonSerializable(typeof(PutUsersInput))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Page<User>))]
[JsonSerializable(typeof(MintTokensInput))]
[JsonSerializable(typeof(TokenPair))]
[JsonSerializable(typeof(JsonWebKeySet))]
[JsonSerializable(typeof(DiscoveryDocument))]
[JsonSerializable(typeof(Platform.DeadLetterView)), JsonSerializable(typeof(Page<Platform.DeadLetterView>))]
internal sealed partial class GatewayJson : JsonSerializerContext;
