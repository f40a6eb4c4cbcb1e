using System.Collections.Concurrent;
using System.Net;
using Caas.Domain.Events;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.SchemaRegistry;

/// <inheritdoc cref="ISchemaRegistry"/>
/// <remarks>
/// What was found is kept in memory. A subject without a compatibility level of its own gets <c>FULL_TRANSITIVE</c> before
/// its first registration by this process; one that an operator gave another level keeps it, and the log says so. An
/// <see cref="IOException"/> where the registry cannot be asked.
/// </remarks>
internal sealed class ConfluentSchemaRegistry(
    ISchemaRegistryClient client, SchemaRegistryClientOptions options, TimeProvider clock, ILogger<ConfluentSchemaRegistry> logger)
    : ISchemaRegistry
{
    /// <summary>The level that a subject gets, as the registry names it.</summary>
    public const string LevelName = "FULL_TRANSITIVE";

    private const Compatibility Level = Compatibility.FullTransitive;

    private readonly ConcurrentDictionary<string, bool> _levelled = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        try
        {
            await LevelAsync(subject, cancellationToken).ConfigureAwait(false);
            return await AskAsync(
                    () => client.RegisterSchemaAsync(subject, new Schema(schema, SchemaType.Avro)), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SchemaRegistryException refused) when (refused.Status is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
        {
            throw new InvalidDataException($"The registry refuses a schema for subject '{subject}': {refused.ErrorCode}.", refused);
        }
        catch (SchemaRegistryException failure)
        {
            throw Away(failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(() => client.GetSchemaAsync(id), cancellationToken).ConfigureAwait(false)).SchemaString;
        }
        catch (SchemaRegistryException unknown) when (unknown.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (SchemaRegistryException failure)
        {
            throw Away(failure);
        }
    }

    /// <summary>Whether it answers, and takes our credentials; an <see cref="IOException"/> where not.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(() => client.GetCompatibilityAsync(), cancellationToken).ConfigureAwait(false);
        }
        catch (SchemaRegistryException failure)
        {
            throw Away(failure);
        }
    }

    /// <summary>
    /// Whether a subject has this schema, and the level of its own, null where it has none; registers and sets nothing. An
    /// <see cref="IOException"/> where the registry cannot be asked.
    /// </summary>
    public async Task<(bool IsThere, string? Level)> LookAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                    () => client.LookupSchemaAsync(subject, new Schema(schema, SchemaType.Avro), ignoreDeletedSchemas: true), cancellationToken)
                .ConfigureAwait(false);
            var level = await FindLevelAsync(subject, cancellationToken).ConfigureAwait(false);
            return (true, level is Level ? LevelName : level?.ToString());
        }
        catch (SchemaRegistryException unknown) when (unknown.Status is HttpStatusCode.NotFound)
        {
            return (false, null);
        }
        catch (SchemaRegistryException failure)
        {
            throw Away(failure);
        }
    }

    private async ValueTask LevelAsync(string subject, CancellationToken cancellationToken)
    {
        if (_levelled.ContainsKey(subject))
        {
            return;
        }

        var level = await FindLevelAsync(subject, cancellationToken).ConfigureAwait(false);
        if (level is null)
        {
            await AskAsync(() => client.UpdateCompatibilityAsync(Level, subject), cancellationToken).ConfigureAwait(false);
        }
        else if (level != Level)
        {
            SchemaRegistryLog.OtherLevel(logger, subject, level.Value);
        }

        _levelled[subject] = true;
    }

    // Null where the subject has none of its own, and the registry's default would decide.
    private async ValueTask<Compatibility?> FindLevelAsync(string subject, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(() => client.GetCompatibilityAsync(subject), cancellationToken).ConfigureAwait(false);
        }
        catch (SchemaRegistryException unknown) when (unknown.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    // The client knows no cancellation: whoever is cancelled leaves its question to its own time-out.
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await ask().WaitAsync(options.LongestWait, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or HttpRequestException and not SchemaRegistryException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Away(failure);
        }
    }

    private static IOException Away(Exception failure) => new(
        failure is SchemaRegistryException answer
            ? $"The schema registry answers {(int)answer.Status}, {answer.ErrorCode}."
            : "The schema registry does not answer.",
        failure);
}
