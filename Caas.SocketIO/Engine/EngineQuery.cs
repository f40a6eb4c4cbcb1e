using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Caas.SocketIO.Engine;

/// <summary>
/// What the query says (Engine.IO protocol v4, "Handshake"). Read without the request's own parser, which would hold the
/// whole of it as long as the socket lives. Of a name that comes twice the values are joined by a comma, as the framework
/// does, which no parameter may have.
/// </summary>
/// <param name="Transport"><c>transport</c>; empty when it is not there.</param>
/// <param name="Version"><c>EIO</c>; empty when it is not there.</param>
/// <param name="Sid"><c>sid</c>; null when it is not there.</param>
internal readonly record struct EngineQuery(string Transport, string Version, string? Sid)
{
    public static EngineQuery Of(HttpRequest request)
    {
        var query = new EngineQuery("", "", null);
        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            var name = pair.DecodeName().Span;
            if (name.Equals("transport", StringComparison.OrdinalIgnoreCase))
            {
                query = query with { Transport = Join(query.Transport, pair.DecodeValue().Span) };
            }
            else if (name.Equals("EIO", StringComparison.OrdinalIgnoreCase))
            {
                query = query with { Version = Join(query.Version, pair.DecodeValue().Span) };
            }
            else if (name.Equals("sid", StringComparison.OrdinalIgnoreCase))
            {
                query = query with { Sid = Join(query.Sid ?? "", pair.DecodeValue().Span) };
            }
        }

        return query;
    }

    private static string Join(string first, ReadOnlySpan<char> value) => first.Length == 0
        ? value switch { "websocket" => "websocket", "polling" => "polling", "4" => "4", _ => value.ToString() }
        : $"{first},{value}";
}
