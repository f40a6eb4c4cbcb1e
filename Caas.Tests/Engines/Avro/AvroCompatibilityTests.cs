using Caas.Engines.Avro;

namespace Caas.Tests.Engines.Avro;

/// <summary>The rules of specification 1.12, "Schema Resolution", one by one.</summary>
public sealed class AvroCompatibilityTests
{
    [Theory]
    [InlineData("\"long\"", "\"int\"", true)]
    [InlineData("\"int\"", "\"long\"", false)]
    [InlineData("\"double\"", "\"float\"", true)]
    [InlineData("\"float\"", "\"double\"", false)]
    [InlineData("\"string\"", "\"bytes\"", true)]
    [InlineData("\"bytes\"", "\"string\"", true)]
    [InlineData("\"string\"", "\"int\"", false)]
    [InlineData("""["null","string"]""", "\"string\"", true)]
    [InlineData("\"string\"", """["null","string"]""", false)]
    [InlineData("""["null","long"]""", """["null","int"]""", true)]
    [InlineData("""{"type":"array","items":"long"}""", """{"type":"array","items":"int"}""", true)]
    [InlineData("""{"type":"array","items":"int"}""", """{"type":"map","values":"int"}""", false)]
    [InlineData("""{"type":"map","values":"int"}""", """{"type":"map","values":"string"}""", false)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"E","symbols":["A","B"]}""", false)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"A"}""", """{"type":"enum","name":"E","symbols":["A","B"]}""", true)]
    [InlineData("""{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"F","size":5}""", false)]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", """{"type":"record","name":"R","fields":[]}""", false)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}""", """{"type":"record","name":"R","fields":[]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"S","fields":[]}""", false)]
    [InlineData("""{"type":"record","name":"R","aliases":["S"],"fields":[]}""", """{"type":"record","name":"S","fields":[]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"b","aliases":["a"],"type":"long"}]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}""", """{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]},{"name":"x","type":"int"}]}""", """{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]},{"name":"x","type":"long"}]}""", false)]
    public void A_reader_can_read_what_the_rules_allow(string reader, string writer, bool readable) =>
        (AvroCompatibility.FindFault(AvroSchemaParser.Parse(reader), AvroSchemaParser.Parse(writer)) is null).ShouldBe(readable);

    [Theory]
    [InlineData("{}")]
    [InlineData("\"unknown\"")]
    [InlineData("17")]
    [InlineData("""["null","null"]""")]
    [InlineData("""["null",["int"]]""")]
    [InlineData("""{"type":"record","name":"R"}""")]
    [InlineData("""{"type":"record","name":"1R","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"one"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":["null","string"],"default":1}]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""")]
    [InlineData("""{"type":"fixed","name":"F","size":"four"}""")]
    [InlineData("""{"type":"array"}""")]
    public void What_breaks_the_rules_is_no_schema(string text) =>
        Should.Throw<InvalidDataException>(() => AvroSchemaParser.Parse(text));

    [Fact]
    public void A_schema_that_is_too_deep_is_refused() => Should.Throw<InvalidDataException>(() => AvroSchemaParser.Parse(
        string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 5_000)) + "\"int\"" + new string('}', 5_000)));

    [Fact]
    public void The_canonical_form_is_the_one_of_the_specification() => AvroCanonicalForm.Of(AvroSchemaParser.Parse(
        """
        { "doc": "d", "type": "record", "namespace": "n", "name": "R", "fields": [
          { "name": "a", "type": {"type": "string"}, "default": "x" },
          { "name": "b", "type": ["null", {"type": "map", "values": "n.R"}], "default": null } ] }
        """)).ShouldBe(
        """{"name":"n.R","type":"record","fields":[{"name":"a","type":"string"},{"name":"b","type":["null",{"type":"map","values":"n.R"}]}]}""");
}
