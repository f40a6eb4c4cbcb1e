using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>The README's tour works as it stands there: its own text is what runs.</summary>
public sealed partial class ReadmeTourTests
{
    private const int NpmFailed = 42;

    // In the place of the reader's first terminal: the two words that start and kill the product there.
    private const string Prelude = """
        set -u
        dotnet() {
          exec {SERVER_OUTPUT}< <(exec "$TOUR_DOTNET" "$TOUR_HOST" run --Caas:Data:Path "$TOUR_DATA" --Caas:Http:Port "$TOUR_PORT" --Caas:Metrics:Port 0 --Caas:SchemaRegistry:Port 0 2>&1)
          SERVER=$!
          while read -r line <&$SERVER_OUTPUT; do [ "$line" = "CaaS is ready" ] && return; done
          echo "the product did not start"; exit 1
        }
        pkill() {
          echo "pkill $*"
          kill -9 "$SERVER"
          while read -r line <&$SERVER_OUTPUT; do :; done
        }
        npm() { command npm "$@" || exit 42; }
        trap 'kill -9 $(jobs -p) "$SERVER" 2> /dev/null' EXIT

        """;

    [Fact]
    public async Task The_tour_works_as_it_is_written()
    {
        SkipWithout("bash");
        SkipWithout("node");
        SkipWithout("npm");
        SkipWithout("curl");
        using var folder = new TemporaryFolder();
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        var (script, expected) = ScriptOf(Tour(), port);
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
            Environment =
            {
                ["TMPDIR"] = folder.Path,
                ["TOUR_DOTNET"] = CaasProcess.DotNet,
                ["TOUR_HOST"] = CaasProcess.Host,
                ["TOUR_DATA"] = Path.Combine(folder.Path, "data"),
                ["TOUR_PORT"] = port,
                ["DOTNET_ENVIRONMENT"] = "Development",
            },
        };
        using var bash = Process.Start(start).ShouldNotBeNull();
        try
        {
            await FollowAsync(bash, expected);
        }
        finally
        {
            bash.Kill(entireProcessTree: true);
            await bash.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void The_node_script_of_the_tour_has_about_fifteen_lines()
    {
        var script = Tour().Split("<<'END'\n")[1].Split("\nEND\n")[0];

        script.Split('\n').Length.ShouldBeLessThanOrEqualTo(17);
    }

    // Each text block is what the block above it must bring; the shell goes on only after that.
    private static async Task FollowAsync(Process bash, IReadOnlyList<string[]> expected)
    {
        var lines = Channel.CreateUnbounded<string>();
        var all = new StringBuilder();
        bash.OutputDataReceived += (_, line) => Add(line.Data);
        bash.ErrorDataReceived += (_, line) => Add(line.Data);
        bash.BeginOutputReadLine();
        bash.BeginErrorReadLine();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(SocketIOHost.Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var exited = bash.WaitForExitAsync(patience.Token);
        foreach (var block in expected)
        {
            // What was missed and what comes live may change places.
            var missing = block.ToHashSet(StringComparer.Ordinal);
            while (missing.Count > 0)
            {
                var next = lines.Reader.ReadAsync(patience.Token).AsTask();
                if (await Task.WhenAny(next, exited) == exited)
                {
                    Assert.SkipWhen(bash.ExitCode == NpmFailed, "npm could not install socket.io-client.");
                    Assert.Fail($"The shell ended before '{string.Join("', '", missing)}':\n{all}");
                }

                var line = await next;
                missing.RemoveWhere(expectation => line.EndsWith(expectation, StringComparison.Ordinal));
            }

            await bash.StandardInput.WriteLineAsync();
            await bash.StandardInput.FlushAsync(patience.Token);
        }

        Occurrences(all.ToString(), "Ben got 1: Hello, Ben").ShouldBe(1);

        void Add(string? line)
        {
            if (line is not null)
            {
                all.AppendLine(line);
                lines.Writer.TryWrite(line);
            }
        }
    }

    private static (string Script, IReadOnlyList<string[]> Expected) ScriptOf(string tour, string port)
    {
        var script = new StringBuilder(Prelude);
        var expected = new List<string[]>();
        foreach (Match block in Block().Matches(tour))
        {
            var text = block.Groups["text"].Value;
            if (block.Groups["kind"].Value == "bash")
            {
                script.Append(text.Replace("http://localhost:3000", $"http://localhost:{port}", StringComparison.Ordinal));
            }
            else
            {
                expected.Add(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
                script.Append("read -r\n");
            }
        }

        expected.Count.ShouldBeGreaterThan(2);
        return (script.ToString(), expected);
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static string Tour() => File.ReadAllText(ReadmePath()).Split("\n## Five minutes\n")[1].Split("\n## ")[0];

    private static string ReadmePath() => Path.Combine(Repository.Root, "README.md");

    private static void SkipWithout(string program)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed.");
    }

    [GeneratedRegex(@"^```(?<kind>bash|text)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Block();
}
