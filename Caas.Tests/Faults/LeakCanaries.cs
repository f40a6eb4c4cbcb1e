using System.Security.Cryptography;
using System.Text;

namespace Caas.Tests.Faults;

/// <summary>Strings that stand nowhere else, each under the name of what it is, and the search for them.</summary>
internal sealed class LeakCanaries
{
    private readonly Dictionary<string, byte[]> _all = new(StringComparer.Ordinal);

    /// <summary>A new one, 24 characters that need no escape anywhere.</summary>
    public string Make(string name) => Add(name, "canary" + RandomNumberGenerator.GetHexString(18, lowercase: true));

    /// <summary>One that was made elsewhere.</summary>
    public string Add(string name, string value)
    {
        _all.Add(name, Encoding.UTF8.GetBytes(value));
        return value;
    }

    /// <summary>Bytes, also as they would be written in text.</summary>
    public void AddBytes(string name, ReadOnlySpan<byte> value)
    {
        _all.Add(name, value.ToArray());
        Add(name + " as base64", Convert.ToBase64String(value).TrimEnd('='));
        Add(name + " as hexadecimal", Convert.ToHexString(value));
    }

    /// <summary>Which of them stand in some bytes.</summary>
    public IReadOnlyList<string> FindIn(ReadOnlySpan<byte> bytes)
    {
        var found = new List<string>();
        foreach (var (name, value) in _all)
        {
            if (bytes.IndexOf(value) >= 0)
            {
                found.Add(name);
            }
        }

        return found;
    }

    /// <summary>The same of a text.</summary>
    public IReadOnlyList<string> FindIn(string text) => FindIn(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Which of them stand in the files of a folder, as <c>file: canary</c>, as <c>grep -a</c> would find them. The locks
    /// hold nothing, and nobody else may open them.
    /// </summary>
    public IReadOnlyList<string> FindInFiles(string folder, Func<string, bool>? which = null) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("lock", StringComparison.Ordinal) && (which is null || which(Path.GetFileName(file))))
            .SelectMany(file => FindIn(Read(file)).Select(name => $"{Path.GetFileName(file)}: {name}")),
    ];

    // Also what a process has open.
    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
