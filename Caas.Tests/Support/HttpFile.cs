using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Caas.Tests.Support;

/// <summary>
/// A file of requests as editors run it: <c>@variable = value</c>, then requests under <c>###</c> titles, of which later
/// ones may use what earlier ones were answered: <c>{{name.response.body.$.path}}</c>. A title that ends with a status and
/// perhaps a code says what is expected; otherwise it is a success.
/// </summary>
public sealed partial class HttpFile
{
    private readonly Dictionary<string, string> _variables;
    private readonly Dictionary<string, JsonElement> _answers = new(StringComparer.Ordinal);

    private HttpFile(Dictionary<string, string> variables, IReadOnlyList<HttpFileRequest> requests) =>
        (_variables, Requests) = (variables, requests);

    public IReadOnlyList<HttpFileRequest> Requests { get; }

    public IReadOnlyDictionary<string, string> Variables => _variables;

    public static HttpFile Parse(string text)
    {
        var parts = Separator.Split(text.ReplaceLineEndings("\n"));
        var variables = Variable.Matches(parts[0])
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
        return new HttpFile(variables, [.. parts.Skip(1).Select(HttpFileRequest.Parse)]);
    }

    /// <summary>Runs the requests in their order, and says which were not answered as their titles say.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Uri host, CancellationToken cancellationToken)
    {
        _variables["host"] = host.ToString().TrimEnd('/');
        var findings = new List<string>();
        using var http = new HttpClient();
        foreach (var request in Requests)
        {
            using var message = Message(request);
            using var response = await http.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!request.Expects((int)response.StatusCode, body))
            {
                findings.Add($"{request.Title}: {(int)response.StatusCode} {body}");
            }

            if (request.Name is { } name && body.StartsWith('{'))
            {
                _answers[name] = JsonElement.Parse(body);
            }
        }

        return findings;
    }

    private HttpRequestMessage Message(HttpFileRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(Fill(request.Url)));
        if (request.Body.Length > 0)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fill(request.Body)));
        }

        foreach (var (header, value) in request.Headers)
        {
            if (header.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                message.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                message.Headers.TryAddWithoutValidation(header, Fill(value)).ShouldBeTrue(header);
            }
        }

        return message;
    }

    private string Fill(string template) => Reference.Replace(template, match =>
    {
        var name = match.Groups["name"].Value;
        return match.Groups["path"].Value is { Length: > 0 } path
            ? Find(_answers[name], path)
            : _variables[name];
    });

    private static string Find(JsonElement answer, string path)
    {
        foreach (Match step in Step.Matches(path))
        {
            answer = step.Groups["index"].Success
                ? answer[int.Parse(step.Groups["index"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)]
                : answer.GetProperty(step.Groups["member"].Value);
        }

        return answer.ToString();
    }

    [GeneratedRegex("^###", RegexOptions.Multiline, 5000)]
    private static partial Regex Separator { get; }

    [GeneratedRegex(@"^@(?<name>\w+) *= *(?<value>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Variable { get; }

    [GeneratedRegex(@"\{\{(?<name>\w+)(\.response\.body\.\$(?<path>[^}]+))?\}\}", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Reference { get; }

    [GeneratedRegex(@"\[(?<index>\d+)\]|\.(?<member>\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Step { get; }
}

/// <summary>One request of a file.</summary>
/// <param name="Title">What it says it does.</param>
/// <param name="Name">What later requests call its answer; null for none.</param>
/// <param name="Method">The method.</param>
/// <param name="Url">The address, with references.</param>
/// <param name="Headers">The headers, with references.</param>
/// <param name="Body">The body, with references; empty for none.</param>
public sealed partial record HttpFileRequest(
    string Title, string? Name, string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public static HttpFileRequest Parse(string part)
    {
        var lines = part.Split('\n');
        var rest = lines.Skip(1).SkipWhile(line => line.StartsWith('#') || line.Length == 0).ToList();
        var name = lines.Select(line => line.Split("# @name ")).FirstOrDefault(pieces => pieces.Length == 2)?[1].Trim();
        var first = rest[0].Split(' ', 2);
        var headers = rest.Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(": ", 2)).ToList();
        return new HttpFileRequest(
            lines[0].Trim(),
            name,
            first[0],
            first[1].Trim(),
            [.. headers.Select(pair => (pair[0], pair[1]))],
            string.Join('\n', rest.Skip(1 + headers.Count)).Trim());
    }

    /// <summary>Whether the answer is what the title says.</summary>
    public bool Expects(int status, string body)
    {
        var said = Said.Match(Title);
        if (!said.Success)
        {
            return status is >= 200 and < 300;
        }

        return said.Groups["status"].Value == status.ToString(System.Globalization.CultureInfo.InvariantCulture)
            && (!said.Groups["code"].Success
                || JsonElement.Parse(body).GetProperty("code").GetString() == said.Groups["code"].Value);
    }

    [GeneratedRegex(@"\b(?<status>[2-5]\d\d)\b( (?<code>[a-z]+(_[a-z]+)+|conflict|forbidden)\b)?", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Said { get; }
}
