using Caas.Domain.Events;
using Caas.Engines.Avro;

namespace Caas.Fuzz.Targets;

/// <summary>A registry whose ids never change, so that the files of the corpus stay good: an event's is its kind and one.</summary>
internal sealed class FixedSchemas : ISchemaRegistry
{
    /// <summary>The id of the schema of dead letters.</summary>
    public const int DeadLetters = 20;

    /// <summary>The id of the schema of notifications.</summary>
    public const int Notifications = 21;

    // A schema of somebody else's, and a text that is none.
    private const int Strange = 30;
    private const int Broken = 31;

    private readonly Dictionary<int, string> _schemas = new()
    {
        [DeadLetters] = new DeadLetterSchema().Schema,
        [Notifications] = new NotificationSchema().Schema,
        [Strange] = "\"string\"",
        [Broken] = "{",
    };

    public FixedSchemas()
    {
        foreach (var family in EventFamily.All)
        {
            _schemas[(int)family.Kind + 1] = family.Schema;
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_schemas.Single(known => known.Value == schema).Key);

    /// <inheritdoc/>
    public ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_schemas.GetValueOrDefault(id));
}
