using Caas.Fuzz;

namespace Caas.Tests.Fuzz;

/// <summary>A parser with a planted fault, for the harness to find.</summary>
/// <param name="parse">The parser; it returns its verdict.</param>
internal sealed class PlantedTarget(Func<ReadOnlyMemory<byte>, int> parse) : IFuzzTarget
{
    public string Name => "planted";

    public string Reads => "what a test planted";

    public AllocationBound Bound { get; } = new(4_096, 16);

    public IReadOnlyList<byte[]> Tokens { get; } = [];

    public int Run(ReadOnlyMemory<byte> input) => parse(input);
}
