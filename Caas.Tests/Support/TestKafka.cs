namespace Caas.Tests.Support;

/// <summary>The mock cluster for a test.</summary>
internal static class TestKafka
{
    /// <summary>Starts one; skips the test where there can be none.</summary>
    public static MockKafka Start()
    {
        Assert.SkipUnless(MockKafka.IsSupported, "The mock cluster is looked up in the process's memory map, as Linux has it.");
        return MockKafka.Start();
    }
}
