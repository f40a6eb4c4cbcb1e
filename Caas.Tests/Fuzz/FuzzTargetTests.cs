using Caas.Fuzz;
using Caas.Fuzz.Runs;
using Caas.Tests.Support;

namespace Caas.Tests.Fuzz;

public sealed class FuzzTargetTests
{
    [Fact]
    public void Every_target_has_a_class_of_tests() => FuzzTargets.Names.Select(ClassOf).Order(StringComparer.Ordinal).ShouldBe(
        typeof(FuzzSuite).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(FuzzSuite)))
            .Select(type => type.Name.ToLowerInvariant())
            .Order(StringComparer.Ordinal));

    [Fact]
    public void A_target_has_the_name_that_it_is_found_by() =>
        FuzzTargets.All().Select(target => target.Name).ShouldBe(FuzzTargets.Names);

    [Fact]
    public void Every_folder_of_the_corpus_is_of_a_target() => Directory.GetDirectories(Repository.Folder("fuzz", "corpus"))
        .Select(folder => Path.GetFileName(folder)!)
        .Order(StringComparer.Ordinal)
        .ShouldBe(FuzzTargets.Names.Order(StringComparer.Ordinal));

    /// <summary>A corpus of nothing but refusals would test the first line of a parser.</summary>
    [Theory]
    [InlineData("cursor", "sealed-start", "sealed-padded")]
    [InlineData("type-id", "msg", "above-the-largest")]
    [InlineData("avro-value", "message", "cut")]
    [InlineData("avro-value", "dead-letter", "unknown-schema")]
    [InlineData("avro-schema", "record", "twice")]
    [InlineData("json-body", "send", "duplicate-key")]
    [InlineData("socket-io", "binary-event", "cve-2026-69185-no-attachments")]
    public void What_is_good_in_the_corpus_is_told_from_what_is_not(string target, string good, string bad) =>
        VerdictOf(target, good).ShouldNotBe(VerdictOf(target, bad));

    private static int VerdictOf(string target, string file)
    {
        var guard = new CallGuard(FuzzTargets.Create(target), new FuzzLimits(), TimeProvider.System);
        guard.Call(File.ReadAllBytes(Path.Combine(Corpus.FolderOf(target), file)), out var verdict).ShouldBeNull();
        return verdict;
    }

    private static string ClassOf(string target) => target.Replace("-", string.Empty, StringComparison.Ordinal) + "fuzztests";
}
