using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.Mongo;

public sealed class MongoServerConversationLogTests() : ConversationLogContract(new MongoServerUnderTest());

public sealed class MongoServerConversationReaderTests() : ConversationReaderContract(new MongoServerUnderTest());

public sealed class MongoServerMemberReaderTests() : MemberReaderContract(new MongoServerUnderTest());

public sealed class MongoServerMessageReaderTests() : MessageReaderContract(new MongoServerUnderTest());

public sealed class MongoServerReadPositionsTests() : ReadPositionsContract(new MongoServerUnderTest());

public sealed class MongoServerChangeReaderTests() : ChangeReaderContract(new MongoServerUnderTest());

public sealed class MongoServerOutboxTests() : OutboxContract(new MongoServerUnderTest());

public sealed class MongoServerUserStoreTests() : UserStoreContract(new MongoServerUnderTest());

public sealed class MongoServerSessionStoreTests() : SessionStoreContract(new MongoServerUnderTest());

public sealed class MongoServerClientStoreTests() : ClientStoreContract(new MongoServerUnderTest());

public sealed class MongoServerSigningKeyStoreTests() : SigningKeyStoreContract(new MongoServerUnderTest());

public sealed class MongoServerRevocationLogTests() : RevocationLogContract(new MongoServerUnderTest());

public sealed class MongoServerDeadLetterStoreTests() : DeadLetterStoreContract(new MongoServerUnderTest());

public sealed class MongoServerConversationModelTests() : ConversationModelContract(new MongoServerUnderTest());

public sealed class MongoServerSyncModelTests() : SyncModelContract(new MongoServerUnderTest());
