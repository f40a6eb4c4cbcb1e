using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Migration;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.Migration;

/// <summary>
/// Moves the deployment in a data folder to another store while its product runs: copies, follows what is written
/// meanwhile, compares, and switches. Ended at any moment, killed included, it goes on where it was when it is run again;
/// the product is closed for the last part alone.
/// </summary>
public sealed class MoveDeployment : IAsyncDisposable
{
    private const int MostRounds = 10;
    private static readonly TimeSpan ShortRound = TimeSpan.FromSeconds(2);

    private readonly SourceFolder _source;
    private readonly IMoveTarget _target;
    private readonly IIdSource _ids;
    private readonly TimeProvider _clock;
    private readonly MoveParts _parts;
    private readonly Action<MoveStep> _report;

    internal MoveDeployment(SourceFolder source, IMoveTarget target, IIdSource ids, TimeProvider clock, Action<MoveStep> report)
    {
        _source = source;
        _target = target;
        _ids = ids;
        _clock = clock;
        _report = report;
        _parts = new MoveParts(source, target, clock, report);
    }

    /// <summary>What the data is moved to, as an operator knows it.</summary>
    public string Target => _target.Name;

    /// <summary>
    /// Moves it, or goes on. When it returns the folder's product writes no more, no product starts on the folder, and the
    /// target serves. <see cref="MoveException"/> where it cannot: then the product writes on, but where the folder is
    /// marked as moved already.
    /// </summary>
    public Task RunAsync(CancellationToken cancellationToken) => SayWhyAsync(() => MoveAsync(cancellationToken));

    /// <summary>
    /// Takes a move back as long as nothing was written at the target: the folder's product may write again, and none
    /// starts on the target.
    /// </summary>
    /// <exception cref="MoveDifferencesException">Something was written there, which would be lost.</exception>
    public Task UndoAsync(CancellationToken cancellationToken) => SayWhyAsync(() => TakeBackAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _source.Dispose();
    }

    // What a file or a disk says is said with what it was for.
    private async Task SayWhyAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (
            failure is SqliteFailure or SqliteException or MigrationException or IOException or UnauthorizedAccessException)
        {
            throw new MoveException($"The folder '{_source.Root}' was not moved: {failure.Message}", failure);
        }
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        await _source.OpenAsync(cancellationToken);
        await _target.OpenAsync(cancellationToken);
        var state = await BeginAsync(cancellationToken);
        if (!await IsMovedAsync(state))
        {
            await CopyAsync(cancellationToken);
            await FollowAsync(cancellationToken);
            await CheckAsync(cancellationToken);
            await new SwitchOver(_source, _target, _parts, _clock, _report).RunAsync(state, cancellationToken);
        }

        _report(new MoveStep(MovePhases.Moved, null, 0, 0));
    }

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await _source.OpenAsync(cancellationToken);
        if (_source.Mark.Read() is not { } note)
        {
            throw new MoveException($"The folder '{_source.Root}' is not moved: there is nothing to take back.");
        }

        if (note.Done)
        {
            await _target.OpenAsync(cancellationToken);
            var state = await _target.ReadStateAsync(cancellationToken);
            if (state?.Move != note.Move)
            {
                throw new MoveException($"The folder '{_source.Root}' was moved to {note.Target}, and not to {_target.Name}.");
            }

            await RefuseIfWrittenAsync(cancellationToken);

            // The target first: at no time may both be written.
            await _target.SaveStateAsync(state with { Done = false }, CancellationToken.None);
        }

        _source.Mark.Remove();
        _report(new MoveStep(MovePhases.Undone, null, 0, 0));
    }

    private async Task<MoveState> BeginAsync(CancellationToken cancellationToken)
    {
        var identity = _source.ReadIdentity();
        var state = await _target.ReadStateAsync(cancellationToken);
        if (state is not null && state.Source != identity)
        {
            throw new MoveException($"Another deployment is being moved, or was moved, to {_target.Name}.");
        }

        var note = _source.Mark.Read();
        if (note is { Done: true } && state?.Move != note.Move)
        {
            throw new MoveException($"The folder '{_source.Root}' was moved to {note.Target} already.");
        }

        if (state is { Done: true } && note is not { Done: true })
        {
            throw new MoveException(
                $"{_target.Name} serves this deployment already, and the folder '{_source.Root}' does not know of it: is it an old copy?");
        }

        if (note is { Done: false })
        {
            // Of a run that died: the product may write while the long parts go on.
            _source.Mark.Remove();
        }

        if (state is null)
        {
            state = new MoveState(_ids.Next().ToString(), identity, Done: false);
            await _target.SaveStateAsync(state, cancellationToken);
        }

        return state;
    }

    // The mark is the moment: a run that died behind it has only to say so at the target.
    private async Task<bool> IsMovedAsync(MoveState state)
    {
        if (_source.Mark.Read() is not { Done: true })
        {
            return false;
        }

        if (!state.Done)
        {
            await _target.SaveStateAsync(state with { Done = true }, CancellationToken.None);
        }

        return true;
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        await _parts.DropErasedAsync(cancellationToken);
        foreach (var name in _source.ListDatabases())
        {
            await _parts.CopyAsync(name, cancellationToken);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; round <= MostRounds; round++)
        {
            var began = _clock.GetTimestamp();
            await _parts.DropErasedAsync(cancellationToken);
            foreach (var name in _source.ListDatabases())
            {
                await _parts.FollowAsync(name, cancellationToken);
            }

            if (_clock.GetElapsedTime(began) < ShortRound)
            {
                return;
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        foreach (var name in _source.ListDatabases())
        {
            outcome.Add(await _parts.CheckAsync(name, cancellationToken));
        }

        MoveParts.ThrowIfDifferent(outcome, "What was copied differs from the source, also after it was copied anew");
    }

    private async Task RefuseIfWrittenAsync(CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        foreach (var name in _source.ListDatabases())
        {
            outcome.Add(await _parts.CompareAsync(name, cancellationToken));
        }

        MoveParts.ThrowIfDifferent(outcome, $"Something was written to {_target.Name}, which would be lost");
    }
}
