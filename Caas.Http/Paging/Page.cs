using Caas.Domain.Errors;
using Caas.Domain.Validation;

namespace Caas.Http.Paging;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What it holds.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">For the next part; null where this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Reads <c>limit</c> and <c>cursor</c>, and makes the next cursor.</summary>
/// <param name="seal">Seals cursors.</param>
public sealed class Pager(CursorSeal seal)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>
    /// The page that is asked for. The scope names the query and the caller: a cursor of another one is
    /// <c>invalid_cursor</c>.
    /// </summary>
    public Result<PageRequest> Read(string? limit, string? cursor, string scope)
    {
        var size = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, System.Globalization.CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxLimit))
        {
            return Error.Invalid("limit", $"must be between 1 and {MaxLimit}.");
        }

        string? after = null;
        if (cursor is not null && (after = seal.Open(scope, cursor)) is null)
        {
            return new Error(ErrorCatalogue.InvalidCursor, "The cursor is not one of this query.");
        }

        return new PageRequest(size, after, scope);
    }

    /// <summary>
    /// The page of what was read with one more than the limit; <paramref name="position"/> is the place of an item.
    /// </summary>
    public Page<TItem> Make<TRead, TItem>(
        PageRequest request, IReadOnlyList<TRead> read, Func<TRead, TItem> item, Func<TRead, string> position)
    {
        var items = read.Take(request.Limit).Select(item).ToList();
        var next = read.Count > request.Limit ? seal.Seal(request.Scope, position(read[request.Limit - 1])) : null;
        return new Page<TItem>(items, next);
    }
}

/// <summary>The page that is asked for.</summary>
/// <param name="Limit">The most items.</param>
/// <param name="After">The place of the last item before it; null for the first page.</param>
/// <param name="Scope">The query and the caller.</param>
public sealed record PageRequest(int Limit, string? After, string Scope);
