using Caas.Domain.Conversations;
using Caas.Domain.Errors;

namespace Caas.Tests.Engines.Mongo;

/// <summary>Another change, whose decisions are counted; the first of them may be held between the read and the write.</summary>
internal sealed record WatchedChange : ConversationChange
{
    private readonly ConversationChange _change;
    private readonly ManualResetEventSlim? _gate;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _decisions;

    public WatchedChange(ConversationChange change, bool holds = false)
        : base(change.Origin)
    {
        _change = change;
        _gate = holds ? new ManualResetEventSlim() : null;
    }

    public override ConversationNeeds Needs => _change.Needs;

    /// <summary>How often it decided.</summary>
    public int Decisions => Volatile.Read(ref _decisions);

    /// <summary>Ends when the first decision is held.</summary>
    public Task Held => _held.Task;

    public void Release() => _gate?.Set();

    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (Interlocked.Increment(ref _decisions) == 1 && _gate is not null)
        {
            _held.SetResult();
            _gate.Wait(TestContext.Current.CancellationToken);
        }

        return _change.Decide(slice, commit);
    }
}
