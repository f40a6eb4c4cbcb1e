using System.Text.RegularExpressions;
using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Tests.Support;

namespace Caas.Tests.Docs;

/// <summary>What the Aspire application repeats because it cannot refer to the Domain.</summary>
public sealed partial class AppHostTests
{
    [Fact]
    public void The_application_makes_the_topics_of_the_domain() =>
        TopicsIn(Repository.Read("Caas.AppHost/Resources/KafkaCluster.cs")).ShouldBe(Topics.All);

    [Fact]
    public void A_topic_that_is_not_made_is_found() =>
        TopicsIn("""private static readonly string[] TopicNames = ["platform.events"];""").ShouldNotBe(Topics.All);

    // Compose reads "$(" and "${" as its own, Kubernetes "$(", Helm "{{": a script of the application holds none.
    [Fact]
    public void No_script_holds_what_a_deployment_reads_as_its_own() =>
        Scripts().Where(script => ReadByOthers().IsMatch(script)).ShouldBeEmpty();

    [Fact]
    public void The_scripts_are_found_and_a_bad_one_is_told()
    {
        Scripts().Count().ShouldBe(3);
        ReadByOthers().IsMatch("for i in $(seq 3); do true; done").ShouldBeTrue();
    }

    // KafkaStart compares them with what the options want, and ends the start where a topic is less.
    [Fact]
    public void The_topics_are_made_as_the_engine_wants_them()
    {
        var wanted = TopicSettings.Wanted(new KafkaOptions());
        var source = Repository.Read("Caas.AppHost/Resources/KafkaCluster.cs");

        Constant(source, "Partitions").ShouldBe(wanted.Partitions);
        Constant(source, "RetentionMs").ShouldBe(wanted.RetentionMs);
        Constant(source, "MaxMessageBytes").ShouldBe(wanted.MaxMessageBytes);
    }

    [Fact]
    public void Every_setting_of_the_application_is_on_the_page_of_the_configuration() =>
        SettingsIn(string.Concat(Sources())).Except(Known(), StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void The_settings_are_found_and_a_misspelt_one_is_told()
    {
        string[] some = ["Caas:Http:Port", "Caas:Http:KnownProxies", "Caas:Platform:Key", "Caas:Topology", "SocketIO:AllowPolling"];

        some.ShouldBeSubsetOf(SettingsIn(string.Concat(Sources())), StringComparer.Ordinal);
        SettingsIn("""service.WithEnvironment("Caas__Http__Prot", "1")""").Except(Known(), StringComparer.Ordinal)
            .ShouldBe(["Caas:Http:Prot"]);
    }

    // A secret is a parameter: no text that is given to something called a password or a key.
    [Fact]
    public void No_secret_of_the_application_is_fixed() =>
        Sources().SelectMany(source => FixedSecret().Matches(source).Select(found => found.Value)).ShouldBeEmpty();

    [Fact]
    public void A_fixed_secret_is_found() =>
        FixedSecret().IsMatch("""redis.WithEnvironment("REDIS_PASSWORD", "secret")""").ShouldBeTrue();

    private static long Constant(string source, string name) =>
        long.Parse(
            Regex.Match(source, $"const \\w+ {name} = \"?(?<value>\\d+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value,
            System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> SettingsIn(string text) =>
        Setting().Matches(text).Select(name => name.Value.Replace("__", ":", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Known() => SettingsIn(Repository.Read("docs/configuration.md"));

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Caas.AppHost"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    private static IReadOnlyList<string> TopicsIn(string source) =>
        [.. Quoted().Matches(TopicNames().Match(source).Value).Select(name => name.Groups["text"].Value)];

    private static IEnumerable<string> Scripts() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Caas.AppHost", "Resources"), "*.cs")
            .SelectMany(file => RawString().Matches(File.ReadAllText(file)).Select(text => text.Value));

    [GeneratedRegex("""TopicNames\s*=\s*\[[^\]]*\]""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TopicNames();

    [GeneratedRegex("\"(?<text>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("\"\"\".*?\"\"\"", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RawString();

    [GeneratedRegex("""\$[({]|\{\{""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadByOthers();

    // Caas__Http__Port, Caas:Http:Port; an index at the end is left out.
    [GeneratedRegex("""\b(Caas|SocketIO)((__|:)[A-Z][A-Za-z]*)+""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();

    [GeneratedRegex("""(?i)"[^"]*(password|secret|__key|_key)"\s*,\s*"[^"]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FixedSecret();
}
