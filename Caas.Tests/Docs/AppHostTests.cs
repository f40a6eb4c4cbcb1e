using System.Text.RegularExpressions;
using Caas.Domain.Events;
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
}
