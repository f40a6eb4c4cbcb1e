using System.Globalization;
using Caas.Engines.Avro;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.SchemaRegistry;

/// <summary>
/// The schemas against the copies that were approved, by the rule that every subject has (FULL_TRANSITIVE): each reads what
/// each wrote. A changed schema needs the next copy, <c>schemas/approved/&lt;number&gt;/&lt;record&gt;.avsc</c>; no copy is ever
/// changed.
/// </summary>
public sealed class ApprovedSchemaTests
{
    private const string Current = "schemas/events";
    private const string Approved = "schemas/approved";

    public static TheoryData<string> Records => [.. Names(Repository.Folder("schemas", "events"))];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_schema_reads_and_is_read_by_every_version_that_was_approved(string record)
    {
        var versions = Versions(record);

        versions.ShouldNotBeEmpty();
        versions.SelectMany(version => Faults(Repository.Read($"{Current}/{record}.avsc"), version)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void The_last_version_that_was_approved_is_the_schema(string record) =>
        Versions(record)[^1].ShouldBe(Repository.Read($"{Current}/{record}.avsc"));

    [Fact]
    public void Every_record_that_was_ever_approved_is_still_there() => Directory.GetDirectories(Repository.Folder("schemas", "approved"))
        .SelectMany(Names)
        .Except(Names(Repository.Folder("schemas", "events")), StringComparer.Ordinal)
        .ShouldBeEmpty();

    [Fact]
    public void The_rule_of_approved_schemas_can_fail()
    {
        const string Old = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";

        Faults("""{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}""", Old)
            .ShouldBeEmpty();
        Faults("""{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}""", Old)
            .Count().ShouldBe(1);
        Faults("""{"type":"record","name":"R","fields":[]}""", Old).Count().ShouldBe(1);
        Faults("""{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}""", Old).Count().ShouldBe(2);
    }

    private static List<string> Versions(string record) =>
    [
        .. Directory.GetDirectories(Repository.Folder("schemas", "approved"))
            .Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
            .Order()
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{Approved}/{number}/{record}.avsc"))
            .Where(file => File.Exists(Path.Combine(Repository.Root, file)))
            .Select(Repository.Read),
    ];

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(folder, "*.avsc").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Faults(string one, string other)
    {
        var (first, second) = (AvroSchemaParser.Parse(one), AvroSchemaParser.Parse(other));
        return new[] { AvroCompatibility.FindFault(first, second), AvroCompatibility.FindFault(second, first) }.OfType<string>();
    }
}
