using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Engines.Migration;

namespace Caas.Standalone.Migration;

/// <summary>What the command says: a line a step, for a person or for a program.</summary>
/// <param name="streams">Where to.</param>
/// <param name="asJson">For a program.</param>
internal sealed class MigrateOutput(InvocationConfiguration streams, bool asJson)
{
    public void Write(MoveStep step)
    {
        streams.Output.WriteLine(asJson ? JsonSerializer.Serialize(step, MigrateJson.Default.MoveStep) : Line(step));
        streams.Output.Flush();
    }

    /// <summary>Says what to do next; a program reads it from the last step.</summary>
    public void End(bool undone, string folder, string target)
    {
        if (!asJson)
        {
            streams.Output.WriteLine(undone
                ? $"The data is in '{folder}' again: start the product there, or let it run on."
                : $"The data is in {target} now. Stop the product on '{folder}' and start the services. The folder stays as it is.");
        }
    }

    public void Fail(string why, IReadOnlyList<string> differences)
    {
        streams.Error.WriteLine(why.ReplaceLineEndings(" "));
        foreach (var difference in differences)
        {
            streams.Error.WriteLine($"  {difference}");
        }
    }

    private static string Line(MoveStep step)
    {
        var seconds = step.Seconds is { } time ? string.Create(CultureInfo.InvariantCulture, $" in {time:0.###} s") : "";
        return step.Phase switch
        {
            MovePhases.Closed => "closed: the product reads on and writes no more",
            MovePhases.Opened => $"opened: the product writes again, after the switch was not made{seconds}",
            MovePhases.Switch when step.Database is null => $"switched: the product wrote nothing for the last{seconds}",
            MovePhases.Moved or MovePhases.Undone => step.Phase,
            _ => string.Create(CultureInfo.InvariantCulture, $"{step.Phase}: {step.Database}, {step.Rows} rows, {step.Written} of them written{seconds}"),
        };
    }
}

[JsonSerializable(typeof(MoveStep))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class MigrateJson : JsonSerializerContext;
