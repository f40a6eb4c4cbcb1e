using System.Security.Cryptography;
using Caas.Engines.Sqlite.Vfs;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>A log that is written over itself is what it was.</summary>
public sealed class LogRewriteTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((3 * 256 * 1024) + 17)]
    public void Not_a_byte_changes(int length)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "any.db");
        var bytes = RandomNumberGenerator.GetBytes(length);
        File.WriteAllBytes(path + "-wal", bytes);

        LogRewrite.Run(path);

        File.ReadAllBytes(path + "-wal").AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public void Without_a_log_there_is_nothing_to_do()
    {
        using var folder = new TemporaryFolder();

        LogRewrite.Run(Path.Combine(folder.Path, "any.db"));

        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }
}
