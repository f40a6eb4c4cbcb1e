using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Caas.Gateway.Demo;

/// <summary>A file of the page, read from this assembly once.</summary>
/// <param name="Name">Its name under <c>/demo/</c>.</param>
/// <param name="Content">The bytes.</param>
internal sealed record DemoFile(string Name, byte[] Content)
{
    /// <summary>What it is.</summary>
    public string ContentType { get; } = Path.GetExtension(Name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new ArgumentException($"The page has no files that end in {other}.", nameof(Name)),
    };

    /// <summary>Changes with the content.</summary>
    public EntityTagHeaderValue Tag { get; } =
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 8))}\"");

    /// <summary>Reads a file; one that is not embedded is a bug.</summary>
    public static DemoFile Load(string name)
    {
        using var stream = typeof(DemoFile).Assembly.GetManifestResourceStream($"demo/{name}")
            ?? throw new InvalidOperationException($"The assembly lacks demo/{name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new DemoFile(name, content);
    }

    /// <summary>The file with a placeholder filled.</summary>
    public DemoFile With(string placeholder, string value) =>
        new(Name, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Content).Replace(placeholder, value, StringComparison.Ordinal)));
}
