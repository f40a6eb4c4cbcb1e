using System.Text.Json.Serialization;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Events;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Gateway.Platform;
using Caas.Gateway.Tokens;
using Caas.Gateway.Users;
using Caas.Http.Paging;

namespace Caas.Gateway;

/// <summary>The JSON of this service's bodies; <see cref="Caas.Http.Json.ApiJson"/> sets how they are read and written.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RegisterClientInput))]
[JsonSerializable(typeof(RegisteredClient))]
[JsonSerializable(typeof(UpdateClientInput))]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(Page<Client>))]
[JsonSerializable(typeof(CreateApplicationInput))]
[JsonSerializable(typeof(UpdateApplicationInput))]
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(Page<Application>))]
[JsonSerializable(typeof(CreateKeyInput))]
[JsonSerializable(typeof(RotateKeyInput))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(Page<ApiKey>))]
[JsonSerializable(typeof(PutUserInput))]
[JsonSerializable(typeof(PutUsersInput))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Page<User>))]
[JsonSerializable(typeof(MintTokensInput))]
[JsonSerializable(typeof(RefreshTokenInput))]
[JsonSerializable(typeof(RevokeTokensInput))]
[JsonSerializable(typeof(RevokedSessions))]
[JsonSerializable(typeof(Page<Session>))]
[JsonSerializable(typeof(TokenPair))]
[JsonSerializable(typeof(JsonWebKeySet))]
[JsonSerializable(typeof(DiscoveryDocument))]
[JsonSerializable(typeof(PlatformHealth))]
[JsonSerializable(typeof(Listing<GroupLag>))]
[JsonSerializable(typeof(Listing<TopicView>))]
[JsonSerializable(typeof(Listing<SigningKeyView>))]
[JsonSerializable(typeof(SigningKeyView))]
[JsonSerializable(typeof(ClientLimitsInput))]
[JsonSerializable(typeof(ClientLimitsView))]
[JsonSerializable(typeof(DeadLetterView))]
[JsonSerializable(typeof(Page<DeadLetterView>))]
internal sealed partial class GatewayJson : JsonSerializerContext;
