using System.Diagnostics;

namespace Caas.Tests.Faults;

/// <summary>A small file system in memory, for a disk that can be full; where it cannot be mounted the test is skipped by name.</summary>
internal sealed class DiskFaultVolume : IAsyncDisposable
{
    private DiskFaultVolume(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static async Task<DiskFaultVolume> MountAsync(string path, int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A tmpfs is a thing of Linux.");
        Directory.CreateDirectory(path);
        var mounted = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        Assert.SkipUnless(mounted, "A tmpfs can only be mounted by root.");
        return new DiskFaultVolume(path);
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[65536, 4096])
        {
            try
            {
                while (true)
                {
                    ballast.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full; then with smaller pieces.
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => (await RunAsync("umount", Path)).ShouldBeTrue();

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0;
    }
}
