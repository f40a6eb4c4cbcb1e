namespace Caas.Tests.Fuzz;

public sealed class BusFrameFuzzTests(ITestOutputHelper output) : FuzzSuite("bus-frame", output);
