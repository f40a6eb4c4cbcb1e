using Caas.Engines.Doctor;
using Caas.Engines.Redis;
using Caas.Engines.Redis.Doctor;
using Caas.Tests.Support;
using StackExchange.Redis;

namespace Caas.Tests.Doctor;

/// <summary>What is found out of real servers.</summary>
public sealed class RedisExaminationTests
{
    private const string Password = "correct-horse";

    [Fact]
    public async Task A_server_that_is_set_as_it_should_be_has_no_error()
    {
        await using var server = await RedisServer.StartAsync(
            "--appendonly", "yes", "--maxmemory", "64mb", "--maxmemory-policy", "volatile-ttl", "--requirepass", Password);

        var found = await ExamineAsync($"{server.Address},password={Password}", Findings.Single);

        found.Of(Severity.Error).ShouldBeEmpty();
        found.Of(Severity.Warning).Except([$"{server.Address}, latency"], StringComparer.Ordinal).ShouldBeEmpty();
        found["access"].Found.ShouldBe("nobody is let in without a password");
        found[$"{server.Address}, memory"].Found.ShouldBe("volatile-ttl");
        found[$"{server.Address}, appendfsync"].Found.ShouldBe("everysec");
    }

    [Fact]
    public async Task A_server_as_it_comes_is_told_what_it_lacks()
    {
        await using var server = await RedisServer.StartAsync();

        var found = await ExamineAsync(server.Address);

        found["access"].Severity.ShouldBe(Severity.Warning);
        found["access"].Found.ShouldBe("anybody on this machine is let in without a password");
        found[$"{server.Address}, append-only file"].Found.ShouldBe("off");
        found[$"{server.Address}, memory"].Found.ShouldBe("noeviction, and no maxmemory");
        found[$"{server.Address}, replicas"].Wanted.ShouldBe("at least 1");
        found.ShouldNameTheirCures();
    }

    [Fact]
    public async Task A_wrong_password_and_a_server_that_is_away_are_errors_that_name_the_key_and_not_the_password()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", Password);

        foreach (var address in new[] { $"{server.Address},password=battery-staple", $"127.0.0.1:{FreePort.Next()},password=battery-staple" })
        {
            var found = await ExamineAsync(address);

            found.All.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Error);
            found["reached"].Cure.ShouldNotBeNull().ShouldContain("ConnectionStrings:redis");
            found["reached"].ToString().ShouldNotContain("battery-staple");
        }
    }

    [Fact]
    public async Task A_cluster_is_examined_as_one_and_each_of_its_servers()
    {
        await using var cluster = await RedisCluster.StartAsync();

        var found = await ExamineAsync(cluster.ConnectionString);

        found["cluster, state"].Severity.ShouldBe(Severity.Ok);
        found["cluster, slots"].Found.ShouldBe("16384");
        found["cluster, primaries"].Found.ShouldBe("3");
        found.All.Count(one => one.Subject.EndsWith(", version", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_server_of_a_cluster_that_is_away_is_told_with_what_is_lost()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var redis = await ConnectAsync(cluster.ConnectionString);
        await cluster.Servers[2].KillAsync();

        var found = await Findings.OfAsync(new RedisExamination(() => redis, TimeProvider.System));

        found.Of(Severity.Error).ShouldNotBeEmpty();
        found.ShouldNameTheirCures();
    }

    [Fact]
    public async Task The_end_of_the_certificate_is_told_while_there_is_time()
    {
        using var certificate = new TestCertificate();
        await using var server = await RedisServer.StartAsync(port =>
        [
            "--port", "0",
            "--tls-port", $"{port}",
            "--tls-cert-file", certificate.CertificatePath,
            "--tls-key-file", certificate.KeyPath,
            "--tls-ca-cert-file", certificate.AuthorityPath,
            "--tls-auth-clients", "no",
            "--requirepass", Password,
        ]);
        await using var redis = await ConnectAsync(
            $"{server.Address},ssl=true,password={Password}", options => options.TrustIssuer(certificate.Authority));

        var found = await Findings.OfAsync(new RedisExamination(() => redis, TimeProvider.System), Findings.Single);

        // The test's certificate lasts for a day.
        found[$"{server.Address}, certificate"].Severity.ShouldBe(Severity.Error);
        found[$"{server.Address}, certificate"].Wanted.ShouldBe("more than 30 days left");
    }

    private static async Task<Findings> ExamineAsync(string address, Examination? how = null)
    {
        await using var redis = await ConnectAsync(address);
        return await Findings.OfAsync(new RedisExamination(() => redis, TimeProvider.System), how);
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(string address, Action<ConfigurationOptions>? more = null)
    {
        var options = ConfigurationOptions.Parse(address);
        RedisClientDefaults.Apply(options);
        more?.Invoke(options);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
