using Caas.Tests.Contracts;

namespace Caas.Tests.Engines.Sqlite;

public sealed class SqliteConversationLogTests() : ConversationLogContract(new SqliteUnderTest());
