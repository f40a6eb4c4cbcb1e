using System.Text.Json.Serialization;

namespace Caas.Engines.Backup;

/// <summary>
/// What a backup holds. It is written last, so that a folder without one is no backup, however much of one it looks.
/// </summary>
/// <param name="Format">Of this page and of the folder around it; <see cref="CurrentFormat"/>.</param>
/// <param name="Product">The version of the product that made it.</param>
/// <param name="BeganAt">Everything that was acknowledged before is in it.</param>
/// <param name="Files">The files, in the order in which they were copied.</param>
public sealed record BackupManifest(int Format, string Product, DateTimeOffset BeganAt, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The name of its file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The only format so far.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The bytes of all files.</summary>
    [JsonIgnore]
    public long Bytes => Files.Sum(file => file.Bytes);
}

/// <summary>One file of a backup.</summary>
/// <param name="Path">From the backup's folder, with slashes: <c>clients/client_....db</c>.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>The JSON of the manifest.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
