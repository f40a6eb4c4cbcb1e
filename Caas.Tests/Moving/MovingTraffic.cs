using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Moving;

/// <summary>
/// People who use a deployment while it is moved, and remember what they were told. A refusal is tried again, with the
/// same <c>clientMessageId</c>, until they stop.
/// </summary>
internal sealed class MovingTraffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<JsonElement> _sent = [];
    private readonly Dictionary<string, string> _edited = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;

    private MovingTraffic(Tenant tenant, Person ann, Person ben, string conversation, string cursor)
    {
        Tenant = tenant;
        Ann = ann;
        Ben = ben;
        Conversation = conversation;
        Cursor = cursor;
        RefreshToken = ben.Minted.GetProperty("refreshToken").GetString()!;
    }

    public Tenant Tenant { get; }

    public Person Ann { get; }

    public Person Ben { get; }

    public string Conversation { get; }

    /// <summary>Where a device of Ben's was before the first message.</summary>
    public string Cursor { get; }

    /// <summary>The newest that was acknowledged.</summary>
    public string RefreshToken { get; private set; }

    /// <summary>Writes that were refused as while a move is under way.</summary>
    public int Refused { get; private set; }

    /// <summary>The read position of Ben's that was acknowledged last.</summary>
    public long Read { get; private set; }

    /// <summary>How many messages were acknowledged.</summary>
    public int Sent
    {
        get
        {
            lock (_lock)
            {
                return _sent.Count;
            }
        }
    }

    public static async Task<MovingTraffic> StartAsync(Uri url)
    {
        var tenant = await Tenant.RegisterAsync(url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        var (_, _, cursor) = await ben.CatchUpAsync(null);
        var traffic = new MovingTraffic(tenant, ann, ben, conversation, cursor);
        traffic._running = Task.WhenAll(
            traffic.RepeatAsync(traffic.SendAsync),
            traffic.RepeatAsync(traffic.ChangeAsync),
            traffic.RepeatAsync(_ => traffic.RefreshAsync()),
            traffic.RepeatAsync(traffic.PeopleAsync));
        return traffic;
    }

    /// <summary>They stop; what they were not told they do not know.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Waits until this many more messages are acknowledged.</summary>
    public async Task WaitForMoreAsync(int count)
    {
        var wanted = Sent + count;
        await Poll.UntilAsync(() => ValueTask.FromResult(Sent >= wanted), $"{count} more messages are sent");
    }

    /// <summary>All that they were told holds at the address of the target.</summary>
    public async Task CheckAsync(Uri url)
    {
        var ann = Ann.At(url);
        var history = await ann.ReadHistoryAsync(Conversation);
        history.Select(message => message.GetProperty("sequence").GetInt64())
            .ShouldBe(Enumerable.Range(1, history.Count).Select(number => (long)number));
        var byId = history.ToDictionary(message => message.GetProperty("id").GetString()!, StringComparer.Ordinal);
        foreach (var sent in _sent)
        {
            var id = sent.GetProperty("id").GetString()!;
            var kept = byId[id];
            kept.GetProperty("sequence").GetInt64().ShouldBe(sent.GetProperty("sequence").GetInt64());
            var text = kept.GetProperty("text").GetString();
            if (_deleted.Contains(id))
            {
                text.ShouldBeNull();
            }
            else if (_edited.TryGetValue(id, out var edited))
            {
                text.ShouldBeOneOf(edited, null);
            }
        }

        await CheckRepeatsAsync(ann);
        await CheckDevicesAsync(url, history.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task CheckRepeatsAsync(Person ann)
    {
        foreach (var sent in _sent.Where((_, i) => i % 25 == 0))
        {
            var text = sent.GetProperty("text").GetString()!;
            var again = await ann.TrySendAsync(Conversation, sent.GetProperty("clientMessageId").GetString()!, text);
            if (again.Status is HttpStatusCode.OK or HttpStatusCode.Created)
            {
                again["id"].GetString().ShouldBe(sent.GetProperty("id").GetString());
            }
            else
            {
                // Its content is gone, so that it cannot be told from another's.
                again.Status.ShouldBe(HttpStatusCode.Conflict, again.Text);
            }
        }
    }

    private async Task CheckDevicesAsync(Uri url, int count)
    {
        var refreshed = await new ApiClient(url).PostAsync("/api/tokens/refresh", new { refreshToken = RefreshToken });
        refreshed.ShouldBe(HttpStatusCode.OK);
        var ben = new Person(url, "ben", refreshed["accessToken"].GetString()!, refreshed.Json);
        var (changes, _, cursor) = await ben.CatchUpAsync(Cursor);
        var versions = changes.Where(change => change.GetProperty("conversationId").GetString() == Conversation)
            .Select(change => change.GetProperty("version").GetInt64())
            .Order()
            .ToList();
        versions.ShouldBe(Enumerable.Range(0, versions.Count).Select(i => versions[0] + i), "no change is missing");
        changes.Count(change => change.GetProperty("type").GetString() == "message.sent").ShouldBeGreaterThanOrEqualTo(_sent.Count);

        // The product goes on where it was: the next number, and the next change of the device.
        var tenant = Tenant.At(url);
        var next = await (await tenant.AddPersonAsync("ann")).SendAsync(Conversation, "there");
        next.GetProperty("sequence").GetInt64().ShouldBe(count + 1);
        var (late, _, _) = await ben.CatchUpAsync(cursor);
        var following = versions[^1] + 1;
        late.ShouldContain(change => change.GetProperty("version").GetInt64() == following);
    }

    private async Task RepeatAsync(Func<int, Task> work)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            await work(i);
        }
    }

    private async Task SendAsync(int number)
    {
        var text = $"text {number}";
        if (await UntilDoneAsync(() => Ann.TrySendAsync(Conversation, text, text)) is { } sent)
        {
            lock (_lock)
            {
                _sent.Add(sent);
            }
        }
    }

    private async Task ChangeAsync(int number)
    {
        if (await PickAsync(number) is not { } id)
        {
            return;
        }

        if (number % 3 == 0)
        {
            if (await UntilDoneAsync(() => Ann.Api.SendAsync(HttpMethod.Delete, $"/api/messages/{id}")) is not null)
            {
                _deleted.Add(id);
            }
        }
        else if (!_deleted.Contains(id))
        {
            var text = $"edited {number}";
            var body = JsonSerializer.Serialize(new { text }, JsonSerializerOptions.Web);
            var edited = await UntilDoneAsync(() => Ann.Api.SendAsync(
                HttpMethod.Patch, $"/api/messages/{id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json")));
            if (edited is not null)
            {
                _edited[id] = text;
            }
        }

        await UntilDoneAsync(() => Ben.Api.SendAsync(HttpMethod.Put, $"/api/messages/{id}/reactions/%F0%9F%91%8D"));
    }

    private async Task<string?> PickAsync(int number)
    {
        await Task.Yield();
        lock (_lock)
        {
            return _sent.Count == 0 ? null : _sent[number * 7 % _sent.Count].GetProperty("id").GetString();
        }
    }

    private async Task RefreshAsync()
    {
        var asked = RefreshToken;
        var answer = await UntilDoneAsync(() => new ApiClient(Ben.Url).PostAsync("/api/tokens/refresh", new { refreshToken = asked }));
        RefreshToken = answer?.GetProperty("refreshToken").GetString() ?? RefreshToken;
        await PauseAsync();
    }

    private async Task PeopleAsync(int number)
    {
        var guest = $"guest-{number}";
        await UntilDoneAsync(() => Tenant.Key.PutAsync($"/api/users/{guest}", new { name = guest }));
        await UntilDoneAsync(() => Ann.Api.PostAsync($"/api/conversations/{Conversation}/members", new { userId = guest }));
        await UntilDoneAsync(() => Ben.Api.PutAsync($"/api/conversations/{Conversation}/read", new { sequence = Math.Max(1, Sent) }));
        if (number % 2 == 0)
        {
            await UntilDoneAsync(() => Ann.Api.SendAsync(HttpMethod.Delete, $"/api/conversations/{Conversation}/members/{guest}"));
        }

        // An erasure, which its consumer finishes some time later.
        await UntilDoneAsync(() => Tenant.Key.SendAsync(HttpMethod.Delete, $"/api/users/{guest}"));
        await PauseAsync();
    }

    /// <summary>The answer of a success; null where they stopped, or it can never be.</summary>
    private async Task<JsonElement?> UntilDoneAsync(Func<Task<ApiAnswer>> request)
    {
        while (!_stop.IsCancellationRequested)
        {
            var answer = await request();
            if ((int)answer.Status < 300)
            {
                return answer.Json;
            }

            if (answer.Status != HttpStatusCode.ServiceUnavailable)
            {
                ((int)answer.Status).ShouldBeLessThan(500, answer.Text);
                return null;
            }

            answer["code"].GetString().ShouldBeOneOf("service_unavailable", "overloaded");
            answer.Headers.ShouldContainKey("Retry-After");
            Refused++;
            await PauseAsync();
        }

        return null;
    }

    private static async Task PauseAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        await pause.WaitForNextTickAsync(CancellationToken.None);
    }
}
