namespace Caas.Domain.Events;

/// <summary>Where schemas have numbers. What it does is what the Confluent Schema Registry does. Thread-safe.</summary>
public interface ISchemaRegistry
{
    /// <summary>
    /// The id of this schema under this subject, registered where it is new; the same for the same canonical schema in
    /// every subject. An <see cref="InvalidDataException"/> where the subject's compatibility level forbids it.
    /// </summary>
    ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken);

    /// <summary>The schema of this id; null where there is none.</summary>
    ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken);
}
