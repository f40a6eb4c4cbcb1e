using Caas.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>
/// The MongoDB engine over the real deployment that <c>CAAS_TEST_MONGODB</c> names, in databases of the test's own, which
/// are dropped at the end; without one the test is skipped.
/// </summary>
public sealed class MongoServerUnderTest : ProviderUnderTest
{
    private const string Variable = "CAAS_TEST_MONGODB";

    private readonly string? _connectionString = Environment.GetEnvironmentVariable(Variable);
    private readonly string _prefix = "t" + Guid.CreateVersion7().ToString("N")[..20] + "_";

    protected override ServiceProvider Build(TimeProvider clock)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(_connectionString), $"{Variable} names no server.");
        return MongoUnderTest.Build(_connectionString, clock, options =>
        {
            options.DatabasePrefix = _prefix;

            // A server that others use meanwhile may take its time.
            options.ReadTimeout = options.WriteTimeout = options.ServerTimeout = TimeSpan.FromSeconds(20);
        });
    }

    protected override async ValueTask RemoveAsync()
    {
        if (string.IsNullOrEmpty(_connectionString))
        {
            return;
        }

        using var client = new MongoClient(_connectionString);
        using var listed = await client.ListDatabaseNamesAsync(CancellationToken.None);
        var names = await listed.ToListAsync(CancellationToken.None);
        foreach (var name in names.Where(name => name.StartsWith(_prefix, StringComparison.Ordinal)))
        {
            await client.DropDatabaseAsync(name, CancellationToken.None);
        }
    }
}
