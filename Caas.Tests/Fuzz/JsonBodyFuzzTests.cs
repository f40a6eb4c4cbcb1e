namespace Caas.Tests.Fuzz;

public sealed class JsonBodyFuzzTests(ITestOutputHelper output) : FuzzSuite("json-body", output);
