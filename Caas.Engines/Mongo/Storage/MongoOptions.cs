namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The bounds of the MongoDB engine. How to reach it is the client's to say: <c>ConnectionStrings:mongodb</c>, and of further
/// deployments <c>ConnectionStrings:mongodb_NAME</c>.
/// </summary>
public sealed class MongoOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Mongo";

    // A database's name has at most 63 bytes, 33 of which are the client's id.
    private const int MaxPrefixLength = 30;

    /// <summary>What the names of the databases begin with.</summary>
    public string DatabasePrefix { get; set; } = "caas_";

    /// <summary>The deployment that gets the databases of the clients that are registered from now on, by its name.</summary>
    public string Placement { get; set; } = MongoPlacements.Main;

    /// <summary>The most connections of this process to one server.</summary>
    public int MaxConnections { get; set; } = 100;

    /// <summary>The most databases that are written at once; each has one transaction under way.</summary>
    public int MaxConcurrentBatches { get; set; } = 32;

    /// <summary>The most writes that wait, over all databases; more are refused as <c>overloaded</c>.</summary>
    public int MaxQueuedWrites { get; set; } = 10_000;

    /// <summary>The most writes of one database that share a transaction.</summary>
    public int MaxBatch { get; set; } = 256;

    /// <summary>How long a server that can be used is waited for, a new connection included.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long one read may take.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a transaction may take with all its tries; what waited longer for its turn is refused.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The same where content is erased, which rewrites all that was said, and where a database is made.</summary>
    public TimeSpan LongWriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for a deployment that cannot be reached yet.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many readers share the relay's work.</summary>
    public int RelayShards { get; set; } = 2;

    /// <summary>How long a node that relays may be silent before another takes its place.</summary>
    public TimeSpan RelayLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether what never changes (leaves and nodes of proofs) may be read from a secondary, which may be behind. What is
    /// shown after a send is always read from the primary.
    /// </summary>
    public bool HistoryFromSecondary { get; set; }

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (DatabasePrefix.Length is 0 or > MaxPrefixLength || !DatabasePrefix.All(IsAllowed))
        {
            yield return $"{Section}:{nameof(DatabasePrefix)}: must be 1 to {MaxPrefixLength} of a-z, 0-9 and _.";
        }

        foreach (var failure in ValidateNumbers().Concat(ValidateTimes()))
        {
            yield return failure;
        }
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_';

    private IEnumerable<string> ValidateNumbers()
    {
        (string Name, int Value, int Least, int Most)[] ranges =
        [
            (nameof(MaxConnections), MaxConnections, 4, 10_000),
            (nameof(MaxConcurrentBatches), MaxConcurrentBatches, 1, 1000),
            (nameof(MaxQueuedWrites), MaxQueuedWrites, 1, 1_000_000),
            (nameof(MaxBatch), MaxBatch, 1, 10_000),
            (nameof(RelayShards), RelayShards, 1, 64),
        ];
        return ranges
            .Where(range => range.Value < range.Least || range.Value > range.Most)
            .Select(range => $"{Section}:{range.Name}: must be between {range.Least} and {range.Most}.");
    }

    private IEnumerable<string> ValidateTimes()
    {
        (string Name, TimeSpan Value)[] times =
        [
            (nameof(ServerTimeout), ServerTimeout),
            (nameof(ReadTimeout), ReadTimeout),
            (nameof(WriteTimeout), WriteTimeout),
            (nameof(LongWriteTimeout), LongWriteTimeout),
            (nameof(StartTimeout), StartTimeout),
            (nameof(RelayLease), RelayLease),
        ];

        // The server itself ends a transaction after 60 seconds.
        return times
            .Where(time => time.Value < TimeSpan.FromMilliseconds(100) || time.Value > TimeSpan.FromMinutes(1))
            .Select(time => $"{Section}:{time.Name}: must be between 00:00:00.1 and 00:01:00.");
    }
}
