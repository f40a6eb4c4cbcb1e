using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Caas.Tests.Support;

/// <summary>
/// Runs scripts under node with packages from npm, which are installed once per machine into a cache in the temporary
/// folder, named after what package.json says. A test that cannot have node or the packages is skipped by name.
/// </summary>
public static class NodeProcess
{
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>Runs a script of a folder beside the tests and returns its standard output; fails when the script fails.</summary>
    public static async Task<string> RunAsync(string folder, string script, params string[] arguments)
    {
        var modules = await InstallAsync(folder);

        // Beside its node_modules, where import looks for packages.
        var path = Path.Combine(modules, script);
        var (code, output, error) = await StartAsync("node", modules, [path, .. arguments]);
        code.ShouldBe(0, $"{script}: {error}{output}");
        return output;
    }

    private static async Task<string> InstallAsync(string folder)
    {
        var manifest = await File.ReadAllBytesAsync(Path.Combine(folder, "package.json"), SocketIOHost.Ct);
        var cache = Path.Combine(Path.GetTempPath(), "caas-node-" + Convert.ToHexString(SHA256.HashData(manifest))[..16]);
        await Installing.WaitAsync(SocketIOHost.Ct);
        try
        {
            Directory.CreateDirectory(cache);
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                File.Copy(file, Path.Combine(cache, Path.GetFileName(file)), overwrite: true);
            }

            var marker = Path.Combine(cache, "installed");
            if (!File.Exists(marker))
            {
                var (code, _, error) = await StartAsync("npm", cache, ["install", "--no-audit", "--no-fund"]);
                Assert.SkipWhen(code != 0, $"npm could not install the packages: {error}");
                await File.WriteAllTextAsync(marker, "", SocketIOHost.Ct);
            }
        }
        finally
        {
            Installing.Release();
        }

        return cache;
    }

    private static async Task<(int Code, string Output, string Error)> StartAsync(
        string program, string folder, IEnumerable<string> arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed.");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
