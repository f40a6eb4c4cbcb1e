using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The MongoDB deployments that hold databases, by the names that stand in the clients' rows. <see cref="Main"/> is that of
/// <c>ConnectionStrings:mongodb</c> and holds the platform's database; <c>ConnectionStrings:mongodb_NAME</c> is one more.
/// Every process of a deployment has to know the same ones.
/// </summary>
internal sealed class MongoPlacements : IDisposable
{
    /// <summary>The name of the first.</summary>
    public const string Main = "main";

    private const string Prefix = MongoEngine.ConnectionName + "_";
    private const int MaxNameLength = 30;

    private readonly Dictionary<string, MongoPlacement> _all;

    /// <summary>An <see cref="EngineStartException"/> where a name or a connection string is wrong.</summary>
    public MongoPlacements(
        IMongoClient main, IConfiguration configuration, MongoClientDefaults defaults, IOptions<MongoOptions> options)
    {
        First = new MongoPlacement(Main, main);
        _all = new(StringComparer.Ordinal) { [Main] = First };
        foreach (var connection in configuration.GetSection("ConnectionStrings").GetChildren())
        {
            if (connection.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                var placement = Open(connection, main, defaults);
                _all.Add(placement.Name, placement);
            }
        }

        if (!_all.ContainsKey(options.Value.Placement))
        {
            throw new EngineStartException(
                $"{MongoOptions.Section}:{nameof(MongoOptions.Placement)}: '{options.Value.Placement}' has no connection: "
                + $"set {KeyOf(options.Value.Placement)}.");
        }
    }

    /// <summary>The one with the platform's database.</summary>
    public MongoPlacement First { get; }

    /// <summary>All but the first.</summary>
    public IEnumerable<MongoPlacement> Others => _all.Values.Where(placement => placement != First);

    /// <summary>All of them, the first one first.</summary>
    public IEnumerable<MongoPlacement> All => Others.Prepend(First);

    /// <summary>One by its name; null where this process does not know it.</summary>
    public MongoPlacement? Find(string name) => _all.GetValueOrDefault(name);

    /// <summary>Where its connection string stands.</summary>
    public static string KeyOf(string placement) =>
        "ConnectionStrings:" + (placement == Main ? MongoEngine.ConnectionName : Prefix + placement);

    /// <summary>The first belongs to whoever registered it.</summary>
    public void Dispose()
    {
        foreach (var other in Others)
        {
            other.Client.Dispose();
        }
    }

    private static MongoPlacement Open(IConfigurationSection connection, IMongoClient main, MongoClientDefaults defaults)
    {
        // Keys know no case, the names in the rows do.
        var name = connection.Key[Prefix.Length..].ToLowerInvariant();
        var key = KeyOf(name);
        if (name == Main || name.Length is 0 or > MaxNameLength || !name.All(static character => char.IsAsciiLetterOrDigit(character)))
        {
            throw new EngineStartException($"{connection.Path}: a placement's name is 1 to {MaxNameLength} of a-z and 0-9, and not '{Main}'.");
        }

        var settings = MongoConnection.Read(connection.Value, key);
        settings.TracingOptions = main.Settings.TracingOptions;
        defaults.Apply(settings);
        try
        {
            return new MongoPlacement(name, new MongoClient(settings));
        }
        catch (MongoConfigurationException failure)
        {
            throw MongoConnection.Wrong(failure, key);
        }
    }
}

/// <summary>One MongoDB deployment.</summary>
/// <param name="Name">Its name in the clients' rows.</param>
/// <param name="Client">How it is reached.</param>
internal sealed record MongoPlacement(string Name, IMongoClient Client);
