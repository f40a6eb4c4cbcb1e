namespace Caas.Tests.Fuzz;

public sealed class SocketIOFuzzTests(ITestOutputHelper output) : FuzzSuite("socket-io", output);
