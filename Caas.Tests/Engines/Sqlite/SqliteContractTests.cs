using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.Sqlite;

public sealed class SqliteConversationLogTests() : ConversationLogContract(new SqliteUnderTest());

public sealed class SqliteConversationReaderTests() : ConversationReaderContract(new SqliteUnderTest());

public sealed class SqliteMemberReaderTests() : MemberReaderContract(new SqliteUnderTest());

public sealed class SqliteMessageReaderTests() : MessageReaderContract(new SqliteUnderTest());

public sealed class SqliteReadPositionsTests() : ReadPositionsContract(new SqliteUnderTest());

public sealed class SqliteChangeReaderTests() : ChangeReaderContract(new SqliteUnderTest());

public sealed class SqliteOutboxTests() : OutboxContract(new SqliteUnderTest());

public sealed class SqliteUserStoreTests() : UserStoreContract(new SqliteUnderTest());

public sealed class SqliteSessionStoreTests() : SessionStoreContract(new SqliteUnderTest());

public sealed class SqliteClientStoreTests() : ClientStoreContract(new SqliteUnderTest());

public sealed class SqliteSigningKeyStoreTests() : SigningKeyStoreContract(new SqliteUnderTest());

public sealed class SqliteRevocationLogTests() : RevocationLogContract(new SqliteUnderTest());

public sealed class SqliteConversationModelTests() : ConversationModelContract(new SqliteUnderTest());

public sealed class SqliteSyncModelTests() : SyncModelContract(new SqliteUnderTest());
