using System.Text.Json.Serialization;

namespace Caas.Engines.LocalRegistry;

/// <summary>The JSON of the registry's HTTP face.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(LevelRequest))]
[JsonSerializable(typeof(LevelAnswer))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(SchemaAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(CompatibilityAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
internal sealed partial class RegistryJson : JsonSerializerContext;

/// <summary>A schema that a caller sends. What the real registry also knows (references, metadata) is refused or ignored.</summary>
internal sealed record SchemaRequest(string? Schema, string? SchemaType, IReadOnlyList<System.Text.Json.JsonElement>? References);

/// <summary>A level that a caller sets; also the answer to it.</summary>
internal sealed record LevelRequest(string? Compatibility);

/// <summary>A level that holds.</summary>
internal sealed record LevelAnswer(string CompatibilityLevel);

/// <summary>The id of a schema.</summary>
internal sealed record IdAnswer(int Id);

/// <summary>The text of a schema.</summary>
internal sealed record SchemaAnswer(string Schema);

/// <summary>A version of a subject.</summary>
internal sealed record VersionAnswer(string Subject, int Id, int Version, string Schema);

/// <summary>Whether a schema may follow.</summary>
internal sealed record CompatibilityAnswer(
    [property: JsonPropertyName("is_compatible")] bool IsCompatible,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Messages);

/// <summary>An error, as the real registry has it.</summary>
internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int ErrorCode, string Message);
