using System.Diagnostics;
using System.Text.Json.Serialization;
using Caas.Domain.Errors;

namespace Caas.Http.Problems;

/// <summary>A refusal as every caller gets it: RFC 9457 problem details, over HTTP and in socket acknowledgements.</summary>
public sealed record Problem
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A URN that names the code.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of refusal, for a person.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened this time.</summary>
    public required string Detail { get; init; }

    /// <summary>The kind of refusal, for a program.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in logs and traces.</summary>
    public required string TraceId { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public required bool Retryable { get; init; }

    /// <summary>For validation: JSON paths as the caller wrote them, and what is wrong there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>For <c>forbidden</c>: the decision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DecisionId { get; init; }

    /// <summary>The problem of a refusal, in the present trace.</summary>
    public static Problem Of(Error error) => new()
    {
        Type = $"urn:caas:error:{error.Code.Code}",
        Title = error.Code.Title,
        Status = error.Code.Status,
        Detail = error.Detail,
        Code = error.Code.Code,
        TraceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString(),
        Retryable = error.Code.Retryable,
        Errors = error.Fields,
        DecisionId = error.DecisionId?.ToString(),
    };
}

/// <summary>The JSON of problems.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
public sealed partial class ProblemJson : JsonSerializerContext;
