namespace Caas.Tests.Fuzz;

public sealed class EngineIOFuzzTests(ITestOutputHelper output) : FuzzSuite("engine-io", output);
