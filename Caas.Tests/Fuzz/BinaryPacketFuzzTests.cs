namespace Caas.Tests.Fuzz;

public sealed class BinaryPacketFuzzTests(ITestOutputHelper output) : FuzzSuite("binary-packet", output);
