using Caas.Domain.Events;
using Caas.Engines.Avro;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalRegistry;

/// <inheritdoc cref="ISchemaRegistry"/>
/// <remarks>
/// Kept in <c>caas_schemas.db</c>, read into memory at the first use; a registration is durable when it completes. Avro
/// alone. Nothing is ever deleted, so an id that a value carries always has its schema.
/// </remarks>
internal sealed class LocalSchemaRegistry(string folder) : ISchemaRegistry, IDisposable
{
    /// <summary>The longest schema, in characters.</summary>
    public const int MaxSchemaLength = 256 * 1024;

    private const int MaxSchemas = 10_000;
    private const int MaxSubjectLength = 255;

    // Owned by _gate. Registrations are rare and short: they are written under it.
    private readonly Lock _gate = new();
    private SchemaCatalogue _catalogue = new();
    private SchemaFile? _file;
    private bool _disposed;

    /// <inheritdoc/>
    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var registered = Register(subject, schema);
        return registered.Faults.Count == 0
            ? ValueTask.FromResult(registered.Id)
            : throw new InvalidDataException(registered.Describe(subject));
    }

    /// <inheritdoc/>
    public ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Use(catalogue => catalogue.FindText(id)));
    }

    /// <summary>The id of the schema, registered where it is new in the subject; or what forbids it.</summary>
    public Registered Register(string subject, string schema)
    {
        var (type, text) = Parse(schema);
        if (subject is not { Length: >= 1 and <= MaxSubjectLength })
        {
            throw new InvalidDataException($"A subject has 1 to {MaxSubjectLength} characters.");
        }

        lock (_gate)
        {
            var catalogue = OpenLocked();
            var known = catalogue.FindId(text);
            var versions = catalogue.Versions(subject);
            if (known is { } id && versions.Contains(id))
            {
                return new Registered(id, []);
            }

            var faults = catalogue.FindFaults(subject, type, versions);
            if (faults.Count > 0)
            {
                return new Registered(0, faults);
            }

            if (known is null && catalogue.SchemaCount >= MaxSchemas)
            {
                throw new InvalidDataException($"There are {MaxSchemas} schemas already.");
            }

            var schemaId = known ?? catalogue.NextId;
            WriteLocked(file => file.AddVersion(subject, versions.Count + 1, schemaId, text));
            catalogue.AddSchema(schemaId, text);
            catalogue.AddVersion(subject, schemaId);
            return new Registered(schemaId, []);
        }
    }

    /// <summary>Whether the schema may follow these versions of the subject: what forbids it, empty where nothing does.</summary>
    public List<string> FindFaults(string subject, string schema, IReadOnlyList<int> versions)
    {
        var (type, _) = Parse(schema);
        return Use(catalogue => catalogue.FindFaults(subject, type, versions));
    }

    /// <summary>Sets the level of a subject, or of all others under the empty name.</summary>
    public void SetLevel(string subject, CompatibilityLevel level)
    {
        lock (_gate)
        {
            var catalogue = OpenLocked();
            WriteLocked(file => file.SetLevel(subject, level.Name));
            catalogue.SetLevel(subject, level.Name);
        }
    }

    /// <summary>Reads something small from the file; an <see cref="IOException"/> where that cannot be.</summary>
    public void Probe()
    {
        lock (_gate)
        {
            OpenLocked();
            WriteLocked(static file => file.Look());
        }
    }

    /// <summary>Asks the catalogue.</summary>
    public T Use<T>(Func<SchemaCatalogue, T> ask)
    {
        lock (_gate)
        {
            return ask(OpenLocked());
        }
    }

    /// <summary>The schema and its normal text; an <see cref="InvalidDataException"/> where it is none.</summary>
    public static (AvroType Type, string Text) Parse(string schema) => schema.Length > MaxSchemaLength
        ? throw new InvalidDataException($"A schema has at most {MaxSchemaLength} characters.")
        : (AvroSchemaParser.Parse(schema), SchemaText.Normalize(schema));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            CloseLocked();
        }
    }

    private SchemaCatalogue OpenLocked()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_file is null)
        {
            var file = SchemaFile.Open(folder);
            var catalogue = new SchemaCatalogue();
            file.Load(catalogue);
            _file = file;
            _catalogue = catalogue;
        }

        return _catalogue;
    }

    // After an error nobody knows what is in the file: the next caller reads it anew.
    private void WriteLocked(Action<SchemaFile> write)
    {
        try
        {
            write(_file!);
        }
        catch (SqliteException e)
        {
            CloseLocked();
            throw new IOException("The registry's file could not be used.", e);
        }
    }

    private void CloseLocked()
    {
        _file?.Dispose();
        _file = null;
    }
}

/// <summary>What became of a registration.</summary>
/// <param name="Id">The id; meaningless where there are faults.</param>
/// <param name="Faults">What forbids it.</param>
internal readonly record struct Registered(int Id, IReadOnlyList<string> Faults)
{
    /// <summary>The faults as one sentence.</summary>
    public string Describe(string subject) =>
        $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: {string.Join("; ", Faults)}";
}
