namespace Caas.Tests.Fuzz;

public sealed class AvroValueFuzzTests(ITestOutputHelper output) : FuzzSuite("avro-value", output);
