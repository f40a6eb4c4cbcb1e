using System.Text.RegularExpressions;

namespace Caas.Tests.Isolation;

/// <summary>What must be the same in the answers to a foreign id and to a random one.</summary>
internal static partial class AnswerForm
{
    /// <summary>
    /// A refusal whole, but for what names this request; of a success what does not depend on the moment: new ids, times,
    /// numbers and secrets are told by their kind.
    /// </summary>
    public static string Of(string text, string id, bool refused)
    {
        var own = id.Length == 0 ? text : text.Replace(id, "<the id>", StringComparison.Ordinal);
        var form = OfThisRequest.Replace(own, "\"${name}\":\"<this request>\"");
        if (refused)
        {
            return form;
        }

        form = TypeIds.Replace(form, "<${kind}>");
        form = Times.Replace(form, "<time>");
        form = Secrets.Replace(form, "\"${name}\":\"<secret>\"");
        return Numbers.Replace(form, ":<number>");
    }

    [GeneratedRegex("\"(?<name>traceId|instance|decisionId)\":\"[^\"]*\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OfThisRequest { get; }

    [GeneratedRegex("(?<kind>conv|msg|app|key|session|device|client|evt)_[0-9a-z]{26}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeIds { get; }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.]+Z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Times { get; }

    [GeneratedRegex("\"(?<name>accessToken|refreshToken|key|leaf|etag|cursor|nextCursor|clientMessageId|root)\":\"[^\"]*\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets { get; }

    [GeneratedRegex(@":\d+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers { get; }
}
