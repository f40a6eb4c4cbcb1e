using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Caas.Domain.Events;
using Caas.Domain.Validation;
using Caas.Http.Problems;

namespace Caas.Http.Json;

/// <summary>
/// The JSON of the API: camelCase, strict on the way in (no unknown members, no duplicate keys, no numbers in strings,
/// a cap on depth), times with milliseconds and Unicode as it is on the way out.
/// </summary>
public sealed class ApiJson
{
    /// <summary>The options of all bodies, over the source-generated contexts of the features.</summary>
    public ApiJson(LimitsOptions limits, IEnumerable<ApiJsonContext> contexts)
    {
        MaxDepth = limits.JsonDepth;
        Options = new JsonSerializerOptions();
        Configure(Options, contexts);
        Options.MakeReadOnly();
    }

    /// <summary>The options.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>The deepest nesting that is read; answers, which wrap what was read, may be deeper.</summary>
    public int MaxDepth { get; }

    /// <summary>How this type is read and written.</summary>
    public JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>Makes other options the same, for the parts of the framework that have their own.</summary>
    public static void Configure(JsonSerializerOptions options, IEnumerable<ApiJsonContext> contexts)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new TimestampConverter());
        options.TypeInfoResolverChain.Clear();
        foreach (var context in contexts)
        {
            options.TypeInfoResolverChain.Add(context.Resolver);
        }

        options.TypeInfoResolverChain.Add(ProblemJson.Default);
    }
}

/// <summary>A feature's source-generated JSON; each is registered once.</summary>
/// <param name="Resolver">The context.</param>
public sealed record ApiJsonContext(IJsonTypeInfoResolver Resolver);
