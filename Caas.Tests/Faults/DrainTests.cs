using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P19: a stop under load shows nothing but an end. Twice by default, more with <c>CAAS_TEST_DRAINS</c>; what a socket and
/// a request under way see is in ShutdownTests.
/// </summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_stop_under_load_loses_nothing_and_shows_nothing_but_its_end()
    {
        var drains = OrderRun.Setting("CAAS_TEST_DRAINS", 2);
        await using var run = new DrainRun();
        var longest = TimeSpan.Zero;
        for (var drain = 0; drain < drains; drain++)
        {
            var took = await run.ExecuteAsync(async caas => (await caas.TerminateAsync()).ShouldBe(0, string.Join('\n', caas.Output)));
            longest = took > longest ? took : longest;
        }

        var lost = await run.CheckAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{drains} stops, the longest {longest.TotalMilliseconds:F0} ms; {run.Acknowledged} acknowledged, {lost.Count} lost, {run.Faults.Count} errors seen, {run.Unknown} commands without an answer"));
        lost.ShouldBeEmpty();
        run.Faults.ShouldBeEmpty();
        longest.ShouldBeLessThan(Deadline);
    }

    [Fact]
    public async Task A_process_that_is_killed_is_found_by_the_same_check()
    {
        await using var run = new DrainRun();

        await run.ExecuteAsync(static caas => caas.KillAsync());

        run.Faults.ShouldContain(fault => fault.StartsWith("A socket was told [] ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_it_drains_it_is_not_ready_and_still_alive()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path);
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        await using var socket = await ann.ConnectAsync();
        using var ready = await HalfRequest.BeginAsync(caas.Url, "/health");
        using var alive = await HalfRequest.BeginAsync(caas.Url, "/alive");
        using var before = await HalfRequest.BeginAsync(caas.Url, "/health");
        (await before.FinishAsync()).ShouldStartWith("HTTP/1.1 200 ");

        var exit = caas.TerminateAsync();
        await socket.WaitForAsync("server.draining");

        (await ready.FinishAsync()).ShouldStartWith("HTTP/1.1 503 ");
        (await alive.FinishAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await exit.WaitAsync(Deadline, SocketIOHost.Ct)).ShouldBe(0);
    }

    /// <summary>A probe that was on its way when the stop began: all of it but the last line's end is there.</summary>
    private sealed class HalfRequest(TcpClient connection) : IDisposable
    {
        public static async Task<HalfRequest> BeginAsync(Uri url, string path)
        {
            var connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Loopback, url.Port, SocketIOHost.Ct);
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII, leaveOpen: true);

            // A first request that is answered: the server has the connection, and the start of the second with it.
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"HEAD /alive HTTP/1.1\r\nHost: localhost\r\n\r\nGET {path} HTTP/1.1\r\nHost: localhost\r\n"), SocketIOHost.Ct);
            while (await reader.ReadLineAsync(SocketIOHost.Ct) is { Length: > 0 })
            {
            }

            return new HalfRequest(connection);
        }

        public async Task<string> FinishAsync()
        {
            await connection.GetStream().WriteAsync("\r\n"u8.ToArray(), SocketIOHost.Ct);
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
            return await reader.ReadLineAsync(SocketIOHost.Ct).AsTask().WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct) ?? "closed";
        }

        public void Dispose() => connection.Dispose();
    }
}
