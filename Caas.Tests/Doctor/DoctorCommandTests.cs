using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Doctor;

/// <summary>What an operator types.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Schemas => Path.Combine(_folder.Path, "caas_schemas.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_running_deployment_is_examined_beside_its_work_and_nothing_is_wrong()
    {
        await using var caas = await CaasProcess.StartAsync(_folder.Path);
        var tenant = await Tenant.RegisterAsync(caas.Url);
        await tenant.AddPersonAsync("ann");
        var before = Files();

        var answer = await RunAsync("--timeout", "00:05:00");

        answer.ShouldSucceed();
        var report = JsonElement.Parse(answer.Output);
        report.GetProperty("passed").GetBoolean().ShouldBeTrue();
        Find(report, "documents", "files of clients").GetProperty("found").GetString().ShouldBe("1 of 1 looked at and whole");
        Find(report, "event stream", "caas_events.db").GetProperty("severity").GetString().ShouldBe("Ok");
        Files().ShouldBe(before);
        (await tenant.Key.GetAsync("/api/users/ann")).ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_with_its_cure_and_the_exit_code_says_so()
    {
        await using (var caas = await CaasProcess.StartAsync(_folder.Path))
        {
            // The first event registers the first schema.
            await Tenant.RegisterAsync(caas.Url);
            await Poll.UntilAsync(() => ValueTask.FromResult(File.Exists(Schemas)), "the schemas have a file");
            (await caas.TerminateAsync()).ShouldBe(0);
        }

        var bytes = await File.ReadAllBytesAsync(Schemas, SocketIOHost.Ct);
        bytes.AsSpan(0, 100).Clear();
        await File.WriteAllBytesAsync(Schemas, bytes, SocketIOHost.Ct);

        var answer = await RunAsync();

        answer.ExitCode.ShouldBe(1, answer.Output + answer.Error);
        var finding = Find(JsonElement.Parse(answer.Output), "schemas", "caas_schemas.db");
        finding.GetProperty("severity").GetString().ShouldBe("Error");
        finding.GetProperty("cure").GetString()!.ShouldContain("restore the last backup");
    }

    [Fact]
    public async Task A_wrong_option_is_an_error_beside_what_the_engines_say()
    {
        var answer = await RunAsync("--Caas:Sqlite:WriterThreads", "1000");

        answer.ExitCode.ShouldBe(1, answer.Output + answer.Error);
        var report = JsonElement.Parse(answer.Output);
        Find(report, "configuration", "options").GetProperty("found").GetString()!.ShouldContain("Caas:Sqlite:WriterThreads");
        Find(report, "data folder", "durable write").GetProperty("severity").GetString().ShouldNotBe("Error", StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error_of_each_engine()
    {
        var answer = await RunAsync(
            "--cluster",
            "--timeout", "00:01:00",
            "--ConnectionStrings:mongodb", "mongodb://caas:hunter2@127.0.0.1:1/?replicaSet=rs0",
            "--ConnectionStrings:redis", "127.0.0.1:1,password=hunter2",
            "--ConnectionStrings:kafka", "127.0.0.1:1",
            "--ConnectionStrings:schemaregistry", "http://127.0.0.1:1",
            "--Caas:Kafka:RequestTimeout", "00:00:02");

        answer.ExitCode.ShouldBe(1, answer.Output + answer.Error);
        var report = JsonElement.Parse(answer.Output);
        foreach (var (of, subject) in new[] { ("mongodb", "reached"), ("redis", "reached"), ("kafka", "brokers"), ("schema registry", "reached") })
        {
            Find(report, of, subject).GetProperty("severity").GetString().ShouldBe("Error");
        }

        Find(report, "secrets", "ConnectionStrings:mongodb").GetProperty("found").GetString().ShouldBe("on the command line");
        (answer.Output + answer.Error).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task The_table_ends_with_the_count()
    {
        var answer = await CaasCommand.RunAsync("doctor", "--Caas:Data:Path", _folder.Path);

        answer.Output.ShouldContain("data folder\n");
        answer.Output.TrimEnd().Split('\n')[^1].ShouldMatch("^0 errors, [0-9]+ warnings, [0-9]+ findings$");
    }

    [Theory]
    [InlineData("--jsn: is no option and no key of the configuration.", "doctor", "--jsn")]
    [InlineData("--timeout: must be between 00:00:01 and 1.00:00:00.", "doctor", "--timeout", "00:00:00")]
    public async Task A_wrong_use_is_refused_with_one_line(string why, params string[] arguments) =>
        (await CaasCommand.RunAsync(arguments)).ShouldBeRefused(why);

    private static JsonElement Find(JsonElement report, string of, string subject) => report.GetProperty("chapters").EnumerateArray()
        .Single(chapter => chapter.GetProperty("of").GetString() == of)
        .GetProperty("findings").EnumerateArray()
        .Single(finding => finding.GetProperty("subject").GetString() == subject);

    private Task<CommandAnswer> RunAsync(params string[] arguments) =>
        CaasCommand.RunAsync(["doctor", "--json", "--Caas:Data:Path", _folder.Path, .. arguments]);

    private List<string> Files() => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
