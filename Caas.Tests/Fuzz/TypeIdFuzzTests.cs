namespace Caas.Tests.Fuzz;

public sealed class TypeIdFuzzTests(ITestOutputHelper output) : FuzzSuite("type-id", output);
