using Caas.Domain.Ids;
using Caas.Engines.Documents;

namespace Caas.Engines.Migration;

/// <summary>The leaves of a database one after the other, read in pages.</summary>
/// <param name="target">Where they are.</param>
/// <param name="name">The database.</param>
/// <param name="conversation">Only those of one conversation; null for all.</param>
/// <param name="pageLeaves">How many are read at once.</param>
internal sealed class LeafReader(IMoveTarget target, DatabaseName name, ConversationId? conversation, int pageLeaves)
{
    private IReadOnlyList<StoredLeaf> _page = [];
    private StoredLeaf? _last;
    private int _next;
    private bool _ended;

    /// <summary>The next leaf; null behind the last.</summary>
    public async ValueTask<StoredLeaf?> PeekAsync(CancellationToken cancellationToken)
    {
        if (_next == _page.Count && !_ended)
        {
            _page = await target.ReadLeavesAsync(name, conversation, _last, pageLeaves, cancellationToken);
            _next = 0;
            _ended = _page.Count < pageLeaves;
            _last = _page.Count > 0 ? _page[^1] : _last;
        }

        return _next < _page.Count ? _page[_next] : null;
    }

    /// <summary>Goes on behind the leaf that was looked at.</summary>
    public void Take() => _next++;
}
