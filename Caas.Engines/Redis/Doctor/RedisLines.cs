using StackExchange.Redis;

namespace Caas.Engines.Redis.Doctor;

/// <summary>
/// What a server tells of itself in lines, <c>redis_version:7.0.15</c>, with <c># Server</c> above each part.
/// </summary>
internal static class RedisLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<Dictionary<string, string>> AskAsync(IServer server, string command, object[] arguments, CancellationToken cancellationToken)
    {
        // RESP3 sends text as such, "txt:cluster_state:ok...", and the client gives it as it came.
        const string Mark = "txt:";
        var answer = (string?)await server.ExecuteAsync(command, arguments).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        var text = answer?.StartsWith(Mark, StringComparison.Ordinal) == true ? answer[Mark.Length..] : answer ?? string.Empty;
        return text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line[0] != '#')
            .Select(static line => line.Split(':', 2))
            .Where(static line => line.Length == 2)
            .ToDictionary(static line => line[0], static line => line[1], StringComparer.Ordinal);
    }
}
