using System.Globalization;
using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>One server with a person who sends, and what was acknowledged.</summary>
internal sealed class DiskFaultStory : IAsyncDisposable
{
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly Person _person;
    private readonly string _conversation;
    private int _sent;

    private DiskFaultStory(CaasProcess server, Person person, string conversation)
    {
        Server = server;
        _person = person;
        _conversation = conversation;
    }

    public CaasProcess Server { get; }

    public IReadOnlyList<Acknowledged> Acknowledged => _acknowledged;

    public static async Task<DiskFaultStory> BeginAsync(string folder)
    {
        var server = await CaasProcess.StartAsync(folder, BackupStory.Arguments);
        var person = await (await Tenant.RegisterAsync(server.Url)).AddPersonAsync("ann");
        return new DiskFaultStory(server, person, await person.CreateGroupAsync());
    }

    /// <summary>
    /// Sends one message once; false where the store could not take it. Any other answer than 201 and 503
    /// <c>storage_unavailable</c> is a fault.
    /// </summary>
    public async Task<bool> SendAsync()
    {
        var id = (++_sent).ToString(CultureInfo.InvariantCulture);
        var text = id.PadRight(8_000, '.');
        var answer = await _person.TrySendAsync(_conversation, id, text);
        if (answer.Status != HttpStatusCode.Created)
        {
            answer.ShouldBeRefused(503, "storage_unavailable");
            answer["retryable"].GetBoolean().ShouldBeTrue();
            return false;
        }

        _acknowledged.Add(new Acknowledged(_conversation, answer["sequence"].GetInt64(), id, text));
        return true;
    }

    /// <summary>Sends until one is refused; false where none of so many is.</summary>
    public async Task<bool> SendUntilRefusedAsync(int most)
    {
        for (var sent = 0; sent < most; sent++)
        {
            if (!await SendAsync())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tries again until one is taken, and gives how long that took.</summary>
    public async Task<TimeSpan> SendUntilTakenAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await SendAsync())
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(SocketIOHost.Patience);
            await retry.WaitForNextTickAsync(SocketIOHost.Ct);
        }

        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Reads go on: the newest that was acknowledged is read.</summary>
    public async Task ReadAsync()
    {
        var page = await _person.ListMessagesAsync(_conversation, "?limit=200");
        page["items"].EnumerateArray().Select(message => message.GetProperty("sequence").GetInt64())
            .ShouldContain(_acknowledged[^1].Sequence);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
