using Caas.Tests.Contracts;
using Caas.Tests.Engines.Sqlite;

namespace Caas.Tests.Consumers;

public sealed class SqliteDeadLetterStoreTests() : DeadLetterStoreContract(new SqliteUnderTest());
