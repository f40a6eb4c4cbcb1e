using Caas.Domain.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Caas.Http.Resources;

/// <summary>Reads <c>If-Match</c> (RFC 9110 section 13.1.1).</summary>
public static class IfMatch
{
    /// <summary>The opaque part of the one entity tag; null where none is sent, or <c>*</c>.</summary>
    public static Result<string?> Read(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header.ToString() == "*")
        {
            return (string?)null;
        }

        return EntityTagHeaderValue.TryParse(header.ToString(), out var tag) && !tag.IsWeak
            ? tag.Tag.ToString().Trim('"')
            : Error.Invalid("If-Match", "must be one strong entity tag in double quotes, or *.");
    }
}
