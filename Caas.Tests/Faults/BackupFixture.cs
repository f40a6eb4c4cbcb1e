using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>A deployment with one message, stopped, and a backup of it that was taken while it ran; nobody changes either.</summary>
public sealed class BackupFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folders = new();

    public string Data => Path.Combine(_folders.Path, "data");

    public string Backup => Path.Combine(_folders.Path, "backup");

    public Person Ann { get; private set; } = null!;

    public string Conversation { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await using var server = await CaasProcess.StartAsync(Data);
        Ann = await (await Tenant.RegisterAsync(server.Url)).AddPersonAsync("ann");
        Conversation = await Ann.CreateGroupAsync();
        await Ann.SendAsync(Conversation, "kept");
        (await CaasCommand.RunAsync("backup", Backup, "--Caas:Data:Path", Data)).ShouldSucceed()
            .Output.ShouldStartWith($"made: {Backup}, 4 files, ");
        (await server.TerminateAsync()).ShouldBe(0);
    }

    public ValueTask DisposeAsync()
    {
        _folders.Dispose();
        return ValueTask.CompletedTask;
    }
}
