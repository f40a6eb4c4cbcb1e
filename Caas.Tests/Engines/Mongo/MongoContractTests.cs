using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.Mongo;

public sealed class MongoConversationLogTests() : ConversationLogContract(new MongoUnderTest());

public sealed class MongoConversationReaderTests() : ConversationReaderContract(new MongoUnderTest());

public sealed class MongoMemberReaderTests() : MemberReaderContract(new MongoUnderTest());

public sealed class MongoMessageReaderTests() : MessageReaderContract(new MongoUnderTest());

public sealed class MongoReadPositionsTests() : ReadPositionsContract(new MongoUnderTest());

public sealed class MongoChangeReaderTests() : ChangeReaderContract(new MongoUnderTest());

public sealed class MongoOutboxTests() : OutboxContract(new MongoUnderTest());

public sealed class MongoUserStoreTests() : UserStoreContract(new MongoUnderTest());

public sealed class MongoSessionStoreTests() : SessionStoreContract(new MongoUnderTest());

public sealed class MongoClientStoreTests() : ClientStoreContract(new MongoUnderTest());

public sealed class MongoSigningKeyStoreTests() : SigningKeyStoreContract(new MongoUnderTest());

public sealed class MongoRevocationLogTests() : RevocationLogContract(new MongoUnderTest());

public sealed class MongoDeadLetterStoreTests() : DeadLetterStoreContract(new MongoUnderTest());

public sealed class MongoConversationModelTests() : ConversationModelContract(new MongoUnderTest());

public sealed class MongoSyncModelTests() : SyncModelContract(new MongoUnderTest());
