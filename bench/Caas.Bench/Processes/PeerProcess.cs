using System.Security.Cryptography;

namespace Caas.Bench.Processes;

/// <summary>A server of another make that does the same work under Node, with its packages from npm.</summary>
internal sealed class PeerProcess : IMeasuredServer
{
    private readonly PinnedProcess _process;

    private PeerProcess(PinnedProcess process, string token, Uri url)
    {
        _process = process;
        Token = token;
        Url = url;
        Cpu = new CpuClock(process.Id);
    }

    /// <summary>The token by which it lets callers in.</summary>
    public string Token { get; }

    /// <inheritdoc/>
    public Uri Url { get; }

    /// <inheritdoc/>
    public CpuClock Cpu { get; }

    /// <inheritdoc/>
    public CompilerClock? Compiler => null;

    /// <inheritdoc/>
    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>Starts the peer of a folder under <c>node/</c>; an exception that says why where it cannot be had.</summary>
    /// <param name="core">Its core.</param>
    /// <param name="name">The folder.</param>
    /// <param name="answer">The JSON that it answers or broadcasts, as the product does.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<PeerProcess> StartAsync(
        int? core, string name, string answer, CancellationToken cancellationToken)
    {
        var folder = await InstallAsync(Path.Combine(AppContext.BaseDirectory, "node", name), cancellationToken);
        var process = PinnedProcess.Start(core, folder, "node", "peer.js", answer);
        try
        {
            var token = await process.ReadLineAsync("token: ", cancellationToken);
            var url = await process.ReadLineAsync("listening: ", cancellationToken);
            process.Drain();
            return new PeerProcess(process, token, new Uri(url));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // Once a machine, into a folder that is named after what package.json says.
    private static async Task<string> InstallAsync(string source, CancellationToken cancellationToken)
    {
        var manifest = await File.ReadAllBytesAsync(Path.Combine(source, "package.json"), cancellationToken);
        var folder = Path.Combine(Path.GetTempPath(), "caas-bench-node-" + Convert.ToHexString(SHA256.HashData(manifest))[..16]);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        var marker = Path.Combine(folder, "installed");
        if (!File.Exists(marker))
        {
            await using var npm = PinnedProcess.Start(core: null, folder, "npm", "install", "--no-audit", "--no-fund");
            if (await npm.ExitAsync(cancellationToken) != 0)
            {
                throw new BenchException("npm could not install its packages.");
            }

            await File.WriteAllTextAsync(marker, string.Empty, cancellationToken);
        }

        return folder;
    }
}
