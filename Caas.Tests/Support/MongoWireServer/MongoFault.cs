namespace Caas.Tests.Support.MongoWireServer;

/// <summary>When a fault strikes.</summary>
public enum MongoFaultMoment
{
    /// <summary>The command has not been applied.</summary>
    Before,

    /// <summary>The command has been applied, and its client does not learn so.</summary>
    After,
}

/// <summary>What is to go wrong with the next commands of a name.</summary>
/// <param name="Command">The command's name, such as <c>commitTransaction</c>.</param>
/// <param name="Moment">Before or after the command has its effect.</param>
public sealed record MongoFault(string Command, MongoFaultMoment Moment)
{
    /// <summary>How many commands fail.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The error's code; null: no error.</summary>
    public int? Code { get; init; }

    /// <summary>Error labels beside those that a server would add by itself.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether the code is that of a write concern: the command succeeds, its durability is unknown.</summary>
    public bool IsWriteConcern { get; init; }

    /// <summary>Whether the connection is closed instead of an answer.</summary>
    public bool Closes { get; init; }

    /// <summary>How long the answer is held back.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Which commands of the name; null: every one.</summary>
    public Func<RecordedCommand, bool>? When { get; init; }

    /// <summary>An error instead of the command's effect.</summary>
    public static MongoFault Refuse(string command, int code, params string[] labels) =>
        new(command, MongoFaultMoment.Before) { Code = code, Labels = labels };

    /// <summary>An error although the command had its effect.</summary>
    public static MongoFault FailAfter(string command, int code, params string[] labels) =>
        new(command, MongoFaultMoment.After) { Code = code, Labels = labels };

    /// <summary>A write concern that was not reached although the command had its effect.</summary>
    public static MongoFault WriteConcern(string command, int code = MongoErrors.WriteConcernTimeout) =>
        new(command, MongoFaultMoment.After) { Code = code, IsWriteConcern = true };

    /// <summary>The connection is lost before the command has its effect.</summary>
    public static MongoFault LoseRequest(string command) => new(command, MongoFaultMoment.Before) { Closes = true };

    /// <summary>The connection is lost after the command had its effect.</summary>
    public static MongoFault LoseAnswer(string command) => new(command, MongoFaultMoment.After) { Closes = true };

    /// <summary>The command has its effect late.</summary>
    public static MongoFault Slow(string command, TimeSpan delay) =>
        new(command, MongoFaultMoment.Before) { Delay = delay };
}
