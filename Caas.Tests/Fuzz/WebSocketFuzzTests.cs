namespace Caas.Tests.Fuzz;

public sealed class WebSocketFuzzTests(ITestOutputHelper output) : FuzzSuite("websocket", output);
