using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Engines.Migration;

/// <summary>How far a move is, as the target keeps it.</summary>
/// <param name="Move">What tells this move from every other; the folder's mark has it too.</param>
/// <param name="Source">What tells the deployment that is moved from every other.</param>
/// <param name="Done">Whether the target serves now; no product starts on it before.</param>
internal sealed record MoveState(string Move, string Source, bool Done);

/// <summary>How far one database is.</summary>
/// <param name="Position">
/// What was written of the source up to this position, of all that a change tells of, is at the target once
/// <see cref="Copied"/> is set. While it is copied: where the source was when that began.
/// </param>
/// <param name="Copied">Whether the first copy is made.</param>
/// <param name="Table">The table that is being copied; null before the first.</param>
/// <param name="Key">The last key of it that is here; null for none.</param>
internal sealed record DatabaseProgress(long Position, bool Copied, string? Table = null, string[]? Key = null);

[JsonSerializable(typeof(MoveState))]
[JsonSerializable(typeof(DatabaseProgress))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class MoveJson : JsonSerializerContext;
