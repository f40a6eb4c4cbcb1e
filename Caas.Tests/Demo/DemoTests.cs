using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Demo;

/// <summary>The page <c>/demo</c> of the real product, in the real Chromium.</summary>
public sealed class DemoTests(CaasHost host)
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    [Theory]
    [InlineData("message")]
    [InlineData("presence")]
    [InlineData("reaction")]
    [InlineData("change")]
    [InlineData("cut")]
    [InlineData("hole")]
    [InlineData("broken")]
    public async Task Two_people_see_what_the_other_does(string scenario) =>
        await BrowseAsync((await host.StartAsync()).Url, scenario);

    [Fact]
    public async Task Where_registration_is_closed_the_page_asks_for_a_key()
    {
        const string platformKey = "a platform key for one test";
        using var folder = new TemporaryFolder();
        await using var closed = await CaasProcess.StartAsync(
            folder.Path, "--Caas:Registration:Open", "false", "--Caas:Platform:Key", platformKey);
        var registered = await new ApiClient(closed.Url, platformKey).PostAsync(
            "/api/clients", new { name = "Acme", email = "dev@acme.example" });
        var key = registered.ShouldBe(HttpStatusCode.Created)["apiKey"].GetProperty("key").GetString()!;

        await BrowseAsync(closed.Url, "key", key);
    }

    [Theory]
    [InlineData("/demo", "text/html; charset=utf-8")]
    [InlineData("/demo/", "text/html; charset=utf-8")]
    [InlineData("/demo/demo.css", "text/css; charset=utf-8")]
    [InlineData("/demo/caas-socket.js", "text/javascript; charset=utf-8")]
    [InlineData("/demo/icon.svg", "image/svg+xml")]
    public async Task A_file_may_load_nothing_from_elsewhere_and_is_asked_for_again_by_its_tag(string path, string contentType)
    {
        using var http = new HttpClient { BaseAddress = (await host.StartAsync()).Url };
        using var first = await http.GetAsync(new Uri(path, UriKind.Relative), SocketIOHost.Ct);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.ToString().ShouldBe(contentType);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        first.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        first.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.SendAsync(again, SocketIOHost.Ct);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task The_client_stays_short_enough_to_be_read_as_an_example()
    {
        using var http = new HttpClient { BaseAddress = (await host.StartAsync()).Url };
        var source = await http.GetStringAsync(new Uri("/demo/caas-socket.js", UriKind.Relative), SocketIOHost.Ct);

        source.Split('\n').Length.ShouldBeInRange(100, 220);
    }

    private static async Task BrowseAsync(Uri url, string scenario, params string[] arguments)
    {
        var chromium = Chromium();
        Assert.SkipWhen(chromium is null, "chromium is not installed.");
        await NodeProcess.RunAsync(
            Folder(), "browser.js", [url.GetLeftPart(UriPartial.Authority), chromium!, scenario, .. arguments]);
    }

    private static string? Chromium() =>
        Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    private static string Folder() => Repository.Folder("Caas.Tests", "Demo", "node");
}
