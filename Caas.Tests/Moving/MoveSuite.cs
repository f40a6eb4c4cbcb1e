using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Migration;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Engines.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Moving;

/// <summary>A small deployment in a folder, and a target of one kind to move it to.</summary>
public abstract class MoveSuite(ITargetUnderTest target) : IAsyncLifetime
{
    private IServiceProvider _services = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected ITargetUnderTest Target => target;

    private protected SqliteUnderTest Source { get; } = new();

    private protected SmallDeployment Deployment { get; private set; } = null!;

    /// <summary>What the moves told, oldest first.</summary>
    private protected List<MoveStep> Steps { get; } = [];

    private protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public async ValueTask InitializeAsync()
    {
        _services = await Source.OpenAsync(Clock);
        Deployment = new SmallDeployment(_services, Clock);
        await Deployment.SeedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The target of the move that runs.</summary>
    private protected IMoveTarget? Current { get; set; }

    private protected MoveMark Mark => new(Source.Folder);

    private protected async Task MoveAsync(Func<int, Task>? before = null)
    {
        Current = Target.Open(Clock);
        await using var move = Create(Source.Folder, new TroubledTarget(Current, before ?? (static _ => Task.CompletedTask)));
        await move.RunAsync(Ct);
    }

    private protected async Task UndoAsync()
    {
        await using var move = Create(Source.Folder, Target.Open(Clock));
        await move.UndoAsync(Ct);
    }

    private protected MoveDeployment Create(string folder, IMoveTarget to) =>
        new(new SourceFolder(folder, Clock), to, new ClockIdSource(TimeProvider.System), Clock, Steps.Add);

    private protected async Task<Error?> Written() => (await Deployment.Port<IUserStore>().PutAsync(
        Deployment.Client,
        [new UserDraft(UserId.Parse("late"), Guid.CreateVersion7().ToString(), null, "user", null)],
        new(new(Domain.Callers.ActorType.User, "ann"), null, null),
        null,
        null,
        Ct)).Error;

    private protected Task<IReadOnlyList<string>> ReadHereAsync() => DeploymentReading.ReadAsync(_services, Deployment, Clock);

    private protected async Task<IReadOnlyList<string>> ReadThereAsync()
    {
        var lines = await DeploymentReading.ReadAsync(await Target.Engine.OpenAsync(Clock), Deployment, Clock);
        await Target.Engine.CloseAsync();
        return lines;
    }
}
