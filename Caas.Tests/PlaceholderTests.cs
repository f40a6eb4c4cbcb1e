namespace Caas.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void The_suite_runs() => 1.ShouldBe(1);
}
