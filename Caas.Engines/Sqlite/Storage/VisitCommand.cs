using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>Something that the writer thread does with its open files, alone and outside a transaction.</summary>
/// <param name="database">The file.</param>
/// <param name="visit">What.</param>
internal sealed class VisitCommand(DatabaseName database, Action<OpenFiles, DatabaseName> visit) : WriteCommand(database)
{
    private readonly TaskCompletionSource<Result<bool>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<Result<bool>> Answer => new(_answer.Task);

    public void Visit(OpenFiles files) => visit(files, Database);

    public override void Run(DatabaseFile file) => throw new NotSupportedException("A visit runs outside transactions.");

    public override void Complete() => _answer.TrySetResult(true);

    public override void Refuse(Error error) => _answer.TrySetResult(error);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);

    protected override void CompleteCancelled(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
