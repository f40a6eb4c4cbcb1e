using System.Text.Json.Serialization;

namespace Caas.Bench.Results;

/// <summary>What a run found, and where.</summary>
/// <param name="Name">The benchmark and its setting; also the name of the file that keeps it.</param>
/// <param name="TakenAt">When.</param>
/// <param name="Arguments">What was said on the command line.</param>
/// <param name="Machine">Where.</param>
/// <param name="Measurements">The figures.</param>
internal sealed record BenchResult(
    string Name, DateTimeOffset TakenAt, string Arguments, Machine Machine, IReadOnlyList<Measurement> Measurements);

/// <summary>The JSON of results.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchResult))]
internal sealed partial class BenchJson : JsonSerializerContext;
