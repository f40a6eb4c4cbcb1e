using Caas.Engines.Avro;

namespace Caas.Engines.LocalRegistry;

/// <summary>Everything that is registered, in memory. Used by one caller at a time.</summary>
internal sealed class SchemaCatalogue
{
    private readonly Dictionary<int, string> _texts = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<int>> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompatibilityLevel> _levels = new(StringComparer.Ordinal);

    /// <summary>How many schemas there are.</summary>
    public int SchemaCount => _texts.Count;

    /// <summary>The id that the next schema gets.</summary>
    public int NextId { get; private set; } = 1;

    /// <summary>The names of the subjects.</summary>
    public IReadOnlyList<string> Subjects => [.. _subjects.Keys];

    /// <summary>The schema of an id; null where there is none.</summary>
    public string? FindText(int id) => _texts.GetValueOrDefault(id);

    /// <summary>The id of a normal text; null where there is none.</summary>
    public int? FindId(string text) => _ids.TryGetValue(text, out var id) ? id : null;

    /// <summary>The ids of a subject's versions 1, 2, 3 ...; empty where there is no such subject.</summary>
    public IReadOnlyList<int> Versions(string subject) => _subjects.TryGetValue(subject, out var ids) ? ids : [];

    /// <summary>The level that was set; null where none was.</summary>
    public CompatibilityLevel? FindLevel(string subject) => _levels.GetValueOrDefault(subject);

    /// <summary>The level that holds for a subject.</summary>
    public CompatibilityLevel Level(string subject) =>
        FindLevel(subject) ?? FindLevel(string.Empty) ?? CompatibilityLevel.FullTransitive;

    /// <summary>What forbids the schema as a new version of the subject; empty where nothing does.</summary>
    public List<string> FindFaults(string subject, AvroType schema, IReadOnlyList<int> versions)
    {
        var level = Level(subject);
        var faults = new List<string>();
        foreach (var id in level.EveryVersion ? versions : versions.TakeLast(1))
        {
            var known = AvroSchemaParser.Parse(_texts[id]);
            if (level.Backward && AvroCompatibility.FindFault(schema, known) is { } backward)
            {
                faults.Add($"The new schema cannot read schema {id} at {backward}");
            }

            if (level.Forward && AvroCompatibility.FindFault(known, schema) is { } forward)
            {
                faults.Add($"Schema {id} cannot read the new schema at {forward}");
            }
        }

        return faults;
    }

    /// <summary>Adds a schema.</summary>
    public void AddSchema(int id, string text)
    {
        _texts[id] = text;
        _ids[text] = id;
        NextId = Math.Max(NextId, id + 1);
    }

    /// <summary>Adds the next version of a subject.</summary>
    public void AddVersion(string subject, int schemaId)
    {
        if (!_subjects.TryGetValue(subject, out var ids))
        {
            _subjects[subject] = ids = [];
        }

        ids.Add(schemaId);
    }

    /// <summary>Sets a level.</summary>
    public void SetLevel(string subject, string level) =>
        _levels[subject] = CompatibilityLevel.Find(level) ?? CompatibilityLevel.FullTransitive;
}
