using System.ComponentModel;
using System.Diagnostics;

namespace Caas.Tests.Support;

/// <summary>
/// Debian's redis-server as a process of its own, on a free port of the loopback and in a folder of its own, without
/// persistence. It is ended by its process id, whatever happens to the test. Where the program is not installed the test
/// is skipped by name.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Ready = "Ready to accept connections";

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _arguments;
    private Process _process = null!;

    private RedisServer(Func<int, string[]> arguments)
    {
        Port = FreePort.Next();
        _arguments = arguments(Port);
    }

    public int Port { get; }

    /// <summary>Its address, as a connection string has it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one and waits until it serves.</summary>
    /// <param name="arguments">More of the command line; <c>--port 0</c> there leaves the port to <c>--tls-port</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments) => await StartAsync(_ => arguments);

    /// <summary>The same, with a command line that needs the port.</summary>
    public static async Task<RedisServer> StartAsync(Func<int, string[]> arguments)
    {
        var server = new RedisServer(arguments);
        try
        {
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            server._folder.Dispose();
            throw;
        }
    }

    /// <summary>It stops where it is, and holds its connections: SIGSTOP.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>It goes on: SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(SocketIOHost.Ct);
    }

    /// <summary>Starts again on the same port, with nothing in it.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        await LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private async Task LaunchAsync()
    {
        var port = $"{Port}";
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(
                "redis-server",
                ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path, .. _arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        var output = new List<string>();
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            output.Add(line.Data ?? string.Empty);
            if (line.Data is null || line.Data.Contains(Ready, StringComparison.Ordinal))
            {
                ready.TrySetResult(line.Data is not null);
            }
        };
        try
        {
            _process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("redis-server is not installed.");
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        (await ready.Task.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct)).ShouldBeTrue(
            $"redis-server ended: {string.Join('\n', output)}");
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {_process.Id}"]);
        await kill.WaitForExitAsync(SocketIOHost.Ct);
        kill.ExitCode.ShouldBe(0);
    }
}
