using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>A server under load, and a device that is away from before the load.</summary>
internal sealed class BackupStory : IAsyncDisposable
{
    /// <summary>The load is no abuse.</summary>
    public static readonly string[] Arguments =
    [
        "--Caas:Limits:PerUserPerMinute", "0",
        "--Caas:Limits:PerKeyPerMinute", "0",
        "--Caas:Limits:SyncResetAfterChanges", "10000000",
    ];

    private BackupStory(string folder, CaasProcess server, Person device, string cursor, IReadOnlyList<Person> people, IReadOnlyList<string> conversations)
    {
        Folder = folder;
        Server = server;
        Device = device;
        Cursor = cursor;
        People = people;
        Conversations = conversations;
        Senders = new RecoverySenders(people, conversations);
    }

    public string Folder { get; }

    public CaasProcess Server { get; }

    public Person Device { get; }

    public string Cursor { get; }

    public IReadOnlyList<Person> People { get; }

    public IReadOnlyList<string> Conversations { get; }

    public RecoverySenders Senders { get; }

    public static async Task<BackupStory> BeginAsync(string folder)
    {
        var server = await CaasProcess.StartAsync(folder, Arguments);
        var tenant = await Tenant.RegisterAsync(server.Url);
        var device = await tenant.AddPersonAsync("device");
        var people = new List<Person>();
        for (var number = 0; number < 4; number++)
        {
            people.Add(await tenant.AddPersonAsync($"sender{number}"));
        }

        var conversations = new List<string>();
        for (var number = 0; number < 2; number++)
        {
            conversations.Add(await device.CreateGroupAsync([.. people.Select(person => person.UserId)]));
        }

        var story = new BackupStory(folder, server, device, (await device.CatchUpAsync(cursor: null)).Cursor, people, conversations);
        story.Senders.Begin();
        return story;
    }

    public async ValueTask DisposeAsync()
    {
        await Senders.DisposeAsync();
        await Server.DisposeAsync();
    }
}
