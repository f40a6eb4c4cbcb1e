using Caas.Tests.Support;

namespace Caas.Tests.Architecture;

public sealed class FolderTests
{
    private static readonly string[] Features =
    [
        "Clients", "Applications", "Keys", "Users", "Tokens", "Conversations", "Members", "Messages", "Reactions", "Receipts",
        "Presence", "Files", "Search", "Webhooks", "Policies", "Audit", "Encryption", "Events",
    ];

    // What is no feature, and why it is a folder: each is one mechanism that several features go through.
    private static readonly Dictionary<string, string[]> Mechanisms = new(StringComparer.Ordinal)
    {
        ["Caas.Domain"] = ["Caching", "Callers", "Errors", "Idempotency", "Ids", "Validation"],
        ["Caas.Gateway"] = ["Demo", "Platform", "Proxy", "Reference"],
        ["Caas.Messaging"] = ["Realtime"],
        ["Caas.Consumers"] = ["DeadLetters", "Delivery", "Notifications", "Relay", "Streams", "Telemetry"],
    };

    private static readonly string[] BuildFolders = ["bin", "obj", "Properties"];

    public static TheoryData<string> Projects => [.. Mechanisms.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_is_a_feature_or_a_named_mechanism(string project) =>
        Strangers(Folders(project), Mechanisms[project]).ShouldBeEmpty();

    [Fact]
    public void An_engines_folder_is_an_engine_and_holds_features()
    {
        string[] mechanisms = ["Idempotency", "Migration", "Migrations", "Storage", "Wire", "Schemas", "Vfs", "Doctor"];
        foreach (var engine in Directory.GetDirectories(Path.Combine(Repository.Root, "Caas.Engines", "Sqlite")))
        {
            Strangers([Path.GetFileName(engine)], mechanisms).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_rule_of_folders_can_fail() => Strangers(["Helpers"], []).ShouldBe(["Helpers"]);

    private static IEnumerable<string> Folders(string project) =>
        Directory.GetDirectories(Path.Combine(Repository.Root, project)).Select(folder => Path.GetFileName(folder)!);

    private static List<string> Strangers(IEnumerable<string> folders, string[] mechanisms) => folders
        .Where(folder => !Features.Contains(folder, StringComparer.Ordinal))
        .Where(folder => !mechanisms.Contains(folder, StringComparer.Ordinal))
        .Where(folder => !BuildFolders.Contains(folder, StringComparer.Ordinal))
        .ToList();
}
