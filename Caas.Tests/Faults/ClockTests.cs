using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Caas.ServiceDefaults;
using Caas.Standalone.Hosting;
using Caas.Tests.Gateway;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Faults;

/// <summary>P13: the machine's clock is set two hours back and three days forward while the product runs.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Back = TimeSpan.FromHours(-2);

    [Theory]
    [InlineData(-2.0, 0.0)]
    [InlineData(72.0, -72.0)]
    [InlineData(-2.0, 2.0)]
    public async Task A_session_that_was_ended_stays_ended(double before, double after)
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(new ForwardClock(machine));

        (await IsRevivedByAsync(host, machine, TimeSpan.FromHours(before), TimeSpan.FromHours(after))).ShouldBeFalse();
    }

    // What was ended while the clock was two hours back is, when it is right again, older than any token, and forgotten.
    [Fact]
    public async Task On_the_machines_own_clock_the_same_session_would_be_good_again()
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(machine);

        (await IsRevivedByAsync(host, machine, Back, -Back)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_expired_is_not_good_again_when_the_clock_goes_back(bool guarded)
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(guarded ? new ForwardClock(machine) : machine);
        var client = await host.RegisterAsync();
        var tokens = await host.SignInAsync(client);
        machine.Jump(TimeSpan.FromMinutes(20));
        (await host.GetAsync("/api/sessions", tokens.Access)).Code.ShouldBe("credential_expired");

        machine.Jump(Back);

        // The control: without the guard it is.
        (await host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(guarded ? 401 : 200);
    }

    [Fact]
    public async Task A_used_refresh_token_ends_its_session_also_after_the_clock_went_back()
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(
            new ForwardClock(machine), "--Caas:Tokens:RefreshReuseWindow", "00:00:00.5");
        var client = await host.RegisterAsync();
        var first = await host.SignInAsync(client);
        var second = TestTokens.Of((await host.RefreshAsync(first.Refresh)).Json);
        machine.Jump(TimeSpan.FromSeconds(20));
        (await host.GetAsync("/api/sessions", second.Access)).Status.ShouldBe(200);
        machine.Jump(Back);

        (await host.RefreshAsync(first.Refresh)).Code.ShouldBe("session_revoked");
        (await host.GetAsync("/api/sessions", second.Access)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task Numbers_ids_and_times_keep_their_order_and_delivery_goes_on()
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(new ForwardClock(machine), "--Caas:Tokens:AccessLifetime", "1.00:00:00");
        var tenant = await Tenant.RegisterAsync(host.Address);
        var ann = await tenant.AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        await using var socket = await ann.ConnectAsync();
        var cursor = (await ann.CatchUpAsync(cursor: null)).Cursor;
        TimeSpan[] jumps = [TimeSpan.Zero, Back, TimeSpan.FromHours(5), Back, Back];
        foreach (var (number, jump) in jumps.Index())
        {
            machine.Jump(jump);
            for (var one = 0; one < 5; one++)
            {
                await ann.SendAsync(conversation, $"{number}-{one}");
                await socket.WaitForMessageAsync($"{number}-{one}");
            }
        }

        var history = await ann.ReadHistoryAsync(conversation);
        history.Select(message => message.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, 25).Select(number => (long)number));
        Values(history, "createdAt").ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        Values(history, "id").ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        (await ann.CatchUpAsync(cursor)).Changes.Select(change => change.GetProperty("version").GetInt64())
            .ShouldBe(Enumerable.Range(1, 25).Select(number => (long)number + 2));
    }

    [Theory]
    [InlineData(-2.0)]
    [InlineData(72.0)]
    public async Task Presence_limits_and_timers_go_by_what_passed_and_not_by_the_clock(double hours)
    {
        var machine = new ClockJump();
        await using var host = await GatewayHost.StartAsync(
            new ForwardClock(machine), "--Caas:Limits:PerUserPerMinute", "20", "--Caas:Tokens:AccessLifetime", "1.00:00:00");
        var tenant = await Tenant.RegisterAsync(host.Address);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        await ann.CreateGroupAsync("ben");
        await using var socket = await ben.ConnectAsync();
        (await StatusOfAsync(ann)).ShouldBe("online");

        machine.Jump(TimeSpan.FromHours(hours));

        // The machine's time is what a day-long token ends by, so after three days Ann needs another.
        var later = hours > 24 ? await tenant.AddPersonAsync("ann") : ann;
        (await StatusOfAsync(later)).ShouldBe("online");
        var refused = 0;
        for (var number = 0; number < 25; number++)
        {
            refused += (await later.Api.GetAsync("/api/conversations")).Status == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        refused.ShouldBeGreaterThan(0, "a jump gives no new budget");
        await TimersRunAsync(host, ben);
    }

    [Fact]
    public void The_product_runs_by_the_clock_that_never_goes_back()
    {
        using var folder = new TemporaryFolder();
        using var app = StandaloneHost.Create().Build(["--Caas:Data:Path", folder.Path], replace: null, out _);

        app.Services.GetRequiredService<TimeProvider>().ShouldBeOfType<ForwardClock>();
    }

    [Fact]
    public void A_clock_that_is_set_back_goes_on_slower_until_the_machines_has_caught_up()
    {
        var machine = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var jump = new Shifted(machine);
        var clock = new ForwardClock(jump);
        var start = clock.GetUtcNow();
        jump.By = TimeSpan.FromHours(-1);

        clock.GetUtcNow().ShouldBe(start);
        machine.Advance(TimeSpan.FromHours(5));
        clock.GetUtcNow().ShouldBe(start.AddHours(4.5));
        machine.Advance(TimeSpan.FromHours(6));
        clock.GetUtcNow().ShouldBe(start.AddHours(10));
        jump.By = TimeSpan.FromDays(3);
        clock.GetUtcNow().ShouldBe(start.AddHours(11).AddDays(3));
    }

    private static async Task<bool> IsRevivedByAsync(GatewayHost host, ClockJump machine, TimeSpan before, TimeSpan after)
    {
        var client = await host.RegisterAsync();
        var tokens = await host.SignInAsync(client);
        (await host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(200);
        if (before < TimeSpan.Zero)
        {
            machine.Jump(before);
        }

        (await host.PostAsync("/api/tokens/revoke", client.Key, $$"""{"sessionId":"{{tokens.SessionId}}"}""")).Status.ShouldBe(200);
        (await host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(401);
        if (before > TimeSpan.Zero)
        {
            machine.Jump(before);
            (await host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(401);
        }

        machine.Jump(after);
        return (await host.GetAsync("/api/sessions", tokens.Access)).Status == 200;
    }

    private static IEnumerable<string> Values(IReadOnlyList<JsonElement> messages, string member) =>
        messages.Select(message => message.GetProperty(member).GetString()!);

    private static async Task<string?> StatusOfAsync(Person reader) =>
        (await reader.Api.GetAsync("/api/presence?userIds=ben")).ShouldBe(HttpStatusCode.OK)["items"][0].GetProperty("status").GetString();

    // A revocation comes to the sockets by a timer of 400 ms.
    private async Task TimersRunAsync(GatewayHost host, Person ben)
    {
        var fresh = TestTokens.Of((await host.RefreshAsync(ben.Minted.GetProperty("refreshToken").GetString()!)).Json);
        await using var socket = await ChatSocket.ConnectAsync(host.Address, fresh.Access);
        await socket.WaitForAsync("session.ready");
        var began = Stopwatch.GetTimestamp();
        (await host.PostAsync("/api/tokens/revoke", fresh.Access, $$"""{"sessionId":"{{fresh.SessionId}}"}""")).Status.ShouldBe(200);
        await socket.WaitForCloseAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"closed {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms after its revocation"));
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    /// <summary>A clock beside another.</summary>
    private sealed class Shifted(TimeProvider clock) : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + By;

        public override long GetTimestamp() => clock.GetTimestamp();
    }
}
