using Caas.Domain.Ids;

namespace Caas.Engines.Backup;

/// <summary>
/// The files of an embedded deployment, by their paths from the data folder. Everything that lasts is in them: the
/// platform key's hash, the signing keys and the other secrets are rows of the platform's file.
/// </summary>
internal static class DataFiles
{
    public const string Platform = "caas_platform.db";
    public const string Events = "caas_events.db";
    public const string Schemas = "caas_schemas.db";

    private const string Clients = "clients/";
    private const string Extension = ".db";

    /// <summary>The file of one client.</summary>
    public static string Of(ClientId client) => Clients + client + Extension;

    /// <summary>The client whose file it is; null where it is no client's.</summary>
    public static ClientId? ClientOf(string path) =>
        path.StartsWith(Clients, StringComparison.Ordinal)
        && path.EndsWith(Extension, StringComparison.Ordinal)
        && TypeId.TryParse<ClientId>(path.AsSpan()[Clients.Length..^Extension.Length], out var client)
            ? client
            : null;

    /// <summary>Whether a file of this path may be in a backup; nothing else is ever read from one or written by one.</summary>
    public static bool IsKnown(string path) => path is Platform or Events or Schemas || ClientOf(path) is not null;

    /// <summary>The clients' files that are in a folder now.</summary>
    public static IEnumerable<string> ListClients(string root)
    {
        var folder = Path.Combine(root, "clients");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + Extension)
                .Select(file => Clients + Path.GetFileName(file))
                .Where(path => ClientOf(path) is not null)
            : [];
    }
}
