using Caas.Engines.Sqlite.Vfs;
using CsCheck;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>What waits between SQLite and the write-ahead log is what a file would hold.</summary>
public sealed class WalBufferTests
{
    private const int FileBytes = 600 * 1024;

    private static readonly Gen<(int Offset, int Length, byte Fill, bool Continues)> Writes = Gen.Select(
        Gen.Int[0, 300 * 1024], Gen.Int[1, 70 * 1024], Gen.Byte, Gen.Bool);

    [Fact]
    public void Any_writes_end_in_the_file_as_if_each_had_gone_there_at_once() => Writes.Array[1, 40].Sample(writes =>
    {
        var expected = new byte[FileBytes];
        var file = new byte[FileBytes];
        var buffer = new WalBuffer();
        var next = 0;
        foreach (var (offset, length, fill, continues) in writes)
        {
            var at = continues && next + length <= FileBytes ? next : offset;
            var data = Enumerable.Repeat(fill, length).ToArray();
            data.CopyTo(expected, at);
            if (!buffer.TryWrite(data, at))
            {
                Flush(buffer, file);
                buffer.TryWrite(data, at).ShouldBeTrue("an empty buffer takes any write of SQLite's");
            }

            next = at + length;
        }

        Flush(buffer, file);
        file.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    });

    [Fact]
    public void It_knows_which_reads_need_it()
    {
        var buffer = new WalBuffer();
        buffer.Holds(0, int.MaxValue).ShouldBeFalse();
        buffer.TryWrite(new byte[10], 100).ShouldBeTrue();

        buffer.Holds(90, 10).ShouldBeFalse();
        buffer.Holds(90, 11).ShouldBeTrue();
        buffer.Holds(109, 1).ShouldBeTrue();
        buffer.Holds(110, 1).ShouldBeFalse();
    }

    [Fact]
    public void A_hole_or_too_much_is_refused_and_changes_nothing()
    {
        var buffer = new WalBuffer();
        buffer.TryWrite([1, 2, 3], 100).ShouldBeTrue();

        buffer.TryWrite([9], 104).ShouldBeFalse();
        buffer.TryWrite([9], 99).ShouldBeFalse();
        buffer.TryWrite(new byte[WalBuffer.Capacity], 103).ShouldBeFalse();

        buffer.Start.ShouldBe(100);
        buffer.Bytes.ToArray().ShouldBe([1, 2, 3]);
    }

    private static void Flush(WalBuffer buffer, byte[] file)
    {
        buffer.Bytes.CopyTo(file.AsSpan((int)buffer.Start));
        buffer.Clear();
    }
}
