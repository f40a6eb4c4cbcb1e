namespace Caas.Tests.Fuzz;

public sealed class AvroSchemaFuzzTests(ITestOutputHelper output) : FuzzSuite("avro-schema", output);
