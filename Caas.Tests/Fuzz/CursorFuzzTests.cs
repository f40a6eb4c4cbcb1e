namespace Caas.Tests.Fuzz;

public sealed class CursorFuzzTests(ITestOutputHelper output) : FuzzSuite("cursor", output);
