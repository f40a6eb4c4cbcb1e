using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Messages;
using Caas.Domain.Validation;
using Caas.Http.Json;

namespace Caas.Fuzz.Targets;

/// <summary>Strict JSON bodies, as three operations read them.</summary>
/// <remarks>
/// Rules: a body is refused with one of three codes, or is JSON by the framework's document reader with each key once;
/// what was read is Unicode, can be validated, and reads the same when it is written; whether it is JSON does not depend
/// on who asks.
/// </remarks>
internal sealed class JsonBodyTarget : IFuzzTarget
{
    private static readonly LimitsOptions Limits = new();

    private readonly ApiJson _api = new(Limits, [new ApiJsonContext(FuzzJson.Default)]);

    // Members that are null are left out: a body may not hold them.
    private readonly JsonSerializerOptions _writing = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = FuzzJson.Default,
    };

    /// <inheritdoc/>
    public string Name => "json-body";

    /// <inheritdoc/>
    public string Reads => "strict JSON bodies";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(128 * 1024, 1024);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        "{", "}", "[", "]", ":", ",", "\"", "\\", "null", "true", "false", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\ufeff",
        "\"attributes\":", "\"text\":", "\"conversationId\":", "\"clientMessageId\":", "\"mentions\":", "\"members\":", "\"conversations\":",
        "\"cursor\":", "\"limit\":", "\"encrypted\":", "\"__proto__\":", "\"$ref\":", "\"$type\":", "{\"a\":", "/**/", "NaN", "1e999");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var sent = Read<SendMessageInput>(input, static (value, checks) =>
        {
            checks.Text("text", value.Text);
            checks.Attributes("attributes", value.Attributes);
            checks.UserIds("mentions", value.Mentions, Limits.Mentions);
        });
        var created = Read<CreateConversationInput>(input, static (value, checks) =>
        {
            checks.Name("name", value.Name);
            checks.Attributes("attributes", value.Attributes);
        });
        var synced = Read<SyncInput>(input, static (_, _) => { });
        Oracle.Require(
            (sent == 1) == (created == 1) && (created == 1) == (synced == 1), "Whether it is JSON does not depend on who asks.");
        return sent + (created * 8) + (synced * 64);
    }

    private int Read<T>(ReadOnlyMemory<byte> json, Action<T, Checks> check)
        where T : class
    {
        var read = StrictJson.Read<T>(json.Span, _api);
        if (!read.TryGet(out var value, out var error))
        {
            return error.Code == ErrorCatalogue.MalformedJson ? 1
                : error.Code == ErrorCatalogue.UnknownField ? 2
                : error.Code == ErrorCatalogue.ValidationFailed ? 3
                : throw new OracleException($"A body is not refused with {error.Code}.");
        }

        using var document = JsonDocument.Parse(
            json, new JsonDocumentOptions { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false });
        check(value, new Checks(Limits));
        var info = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)_writing.GetTypeInfo(typeof(T));
        var written = JsonSerializer.SerializeToUtf8Bytes(value, info);
        Oracle.Require(System.Text.Unicode.Utf8.IsValid(written), "What is read is Unicode.");
        Oracle.Require(StrictJson.Read<T>(written, _api).TryGet(out var again, out _), "What is written from a body is one.");
        Oracle.Require(JsonSerializer.SerializeToUtf8Bytes(again, info).AsSpan().SequenceEqual(written), "A body written anew reads the same.");
        return 4;
    }
}
