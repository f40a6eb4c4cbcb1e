using Caas.Domain.Events;

namespace Caas.Engines.Avro;

/// <summary>Every subject under which the product registers, with the schema that this version writes.</summary>
internal static class EventSubjects
{
    public static IReadOnlyList<(string Subject, string Schema)> All { get; } =
    [
        .. EventFamily.All.Select(static family => ($"{Topics.Events}-{family.FullName}", family.Schema))
            .OrderBy(static one => one.Item1, StringComparer.Ordinal),
        Of(new DeadLetterSchema()),
        Of(new NotificationSchema()),
    ];

    private static (string Subject, string Schema) Of<T>(RecordSchema<T> schema) => (schema.Subject, schema.Schema);
}
