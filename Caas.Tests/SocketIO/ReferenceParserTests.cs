using System.Text;
using System.Text.Json;
using Caas.SocketIO.Packets;
using Caas.Tests.Support;
using CsCheck;

namespace Caas.Tests.SocketIO;

/// <summary>
/// What we accept, npm's socket.io-parser accepts too. We refuse more, on purpose; those differences are listed.
/// </summary>
public sealed class ReferenceParserTests
{
    private static readonly string[] Both =
    [
        "0", "0{}", "0{\"token\":\"t\"}", "0/admin,", "0/admin,{\"a\":1}", "1", "1/admin,", "2[\"a\"]", "2[\"a\",1,null]",
        "20[\"a\"]", "2/n,7[\"a\"]", "30[]", "31[1,2]", "4{\"message\":\"m\"}", "51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
        "61-3[{\"_placeholder\":true,\"num\":0}]", "2[\"\\u00fc\\ud83d\\ude00\"]",
    ];

    private static readonly string[] OnlyTheReference =
    [
        "", // nothing at all counts as CONNECT there
        "2", // an event without a payload: the protocol demands a non-empty array
        "2[1]", // a number as a name
        "2[\"error\"]", // an emitter without a listener for it throws (CVE-2024-38355)
        "3[]", // an acknowledgement of nothing
        "01{}", // an acknowledgement id where none is wanted
        "2[\"\"]", // an empty name
        "51-[\"a\"]", // an attachment that is not referred to
        "29007199254740993[\"a\"]", // an id that JavaScript cannot count
    ];

    private static readonly string[] Neither =
    [
        "7", "9", "x", "0[]", "0\"t\"", "1{}", "2{}", "2[]", "2[null]", "2[{\"toString\":\"foo\"}]", "2[\"a\"", "2[\"a\"]]",
        "2[\"connect\"]", "2[\"disconnect\"]", "5[\"a\"]", "50-[\"a\"]", "5-1-[\"a\"]", "51.5-[\"a\"]", "511-[\"a\"]", "51",
        "31{}", "2x[\"a\"]",
    ];

    [Fact]
    public async Task Verdicts_differ_only_where_they_are_meant_to()
    {
        var verdicts = await VerdictsAsync([.. Both, .. OnlyTheReference, .. Neither]);

        string[] all = [.. Both, .. OnlyTheReference, .. Neither];
        all.Where((_, i) => verdicts[i]).ShouldBe([.. Both, .. OnlyTheReference]);
        all.Where(Accepts).ShouldBe(Both);
    }

    [Fact]
    public async Task Nothing_is_accepted_that_the_reference_refuses()
    {
        var packets = new List<string>();
        var part = Gen.Int[0, Parts.Length - 1].Select(i => Parts[i]);
        part.Array[1, 8].Select(string.Concat).Array[4_000].Sample(packets.AddRange, iter: 1, threads: 1);

        var verdicts = await VerdictsAsync([.. packets]);

        var accepted = 0;
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (Accepts(packets[i]))
            {
                verdicts[i].ShouldBeTrue(packets[i]);
                accepted++;
            }
        }

        accepted.ShouldBeGreaterThan(20, "else the corpus shows nothing");
    }

    private static readonly string[] Parts =
    [
        "0", "1", "2", "3", "5", "1-", "/a", ",", "[", "]", "\"e\"", "[\"e\"]", "{}", "{\"a\":1}", "12", " ", "null", "[\"x\",1]",
    ];

    private static async Task<bool[]> VerdictsAsync(string[] packets)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(packets), SocketIOHost.Ct);
            var output = await NodeProcess.RunAsync(ReferenceClientTests.Folder(), "verdicts.js", file);
            return JsonSerializer.Deserialize<bool[]>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static bool Accepts(string packet)
    {
        var bytes = Encoding.UTF8.GetBytes(packet);
        var limits = new PacketLimits();
        return PacketDecoder.TryDecode(bytes, limits, out var header) == PacketError.None
            && (header.Type is not (PacketType.Event or PacketType.BinaryEvent)
                || EventPayload.TryRead(bytes.AsMemory()[header.Payload], header.Attachments, limits, out _)
                    == PacketError.None);
    }
}
