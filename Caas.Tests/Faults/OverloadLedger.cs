using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>What each send was answered, held against what is there afterwards.</summary>
internal sealed class OverloadLedger
{
    private readonly ConcurrentDictionary<string, long> _accepted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HttpStatusCode> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = [];

    public int Accepted => _accepted.Count;

    public IReadOnlyCollection<HttpStatusCode> Refusals => [.. _refused.Values];

    /// <summary>Writes down an answer; a refusal says what kind it is and when to come again.</summary>
    public void Note(string key, ApiAnswer answer)
    {
        if (answer.Status == HttpStatusCode.Created)
        {
            _accepted[key] = answer["sequence"].GetInt64();
            return;
        }

        _refused[key] = answer.Status;
        if (answer.Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            _faults.Enqueue($"{key} was answered {(int)answer.Status}: {answer.Text}");
        }
        else if (!answer.Headers.TryGetValue("Retry-After", out var after) || !int.TryParse(after, System.Globalization.CultureInfo.InvariantCulture, out var seconds) || seconds < 1)
        {
            _faults.Enqueue($"{key} was refused with {(int)answer.Status} and no time to come again");
        }
    }

    /// <summary>Writes down that there was no answer.</summary>
    public void NoteFailure(string key, Exception failure) => _faults.Enqueue($"{key} was not answered: {failure.Message}");

    /// <summary>What is half done, lost, or was refused wrongly.</summary>
    public IReadOnlyList<string> Check(IReadOnlyList<JsonElement> history)
    {
        var there = history.ToLookup(message => message.GetProperty("clientMessageId").GetString()!, message => message.GetProperty("sequence").GetInt64(), StringComparer.Ordinal);
        return
        [
            .. _faults,
            .. _accepted.Where(pair => !there[pair.Key].SequenceEqual([pair.Value])).Select(pair => $"{pair.Key} was acknowledged and is there {there[pair.Key].Count()} times"),
            .. _refused.Keys.Where(there.Contains).Select(key => $"{key} was refused and is there"),
            .. history.Where((message, index) => message.GetProperty("sequence").GetInt64() != index + 1).Take(1).Select(message => $"a gap before {message}"),
        ];
    }
}
