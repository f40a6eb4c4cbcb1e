namespace Caas.Engines.Sqlite.Storage;

/// <summary>How far a file's schema is.</summary>
/// <param name="Applied">The steps that it had.</param>
/// <param name="Known">The steps that there are.</param>
internal readonly record struct SchemaState(int Applied, int Known);
