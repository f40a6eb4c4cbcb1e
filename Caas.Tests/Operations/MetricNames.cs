using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Operations;

/// <summary>The names of metrics: of the product's instruments, and in what Prometheus scrapes and asks.</summary>
internal static partial class MetricNames
{
    private static readonly Assembly[] Product =
    [
        typeof(global::Caas.Consumers.ConsumersService).Assembly,
        typeof(global::Caas.Engines.Sqlite.SqliteEngine).Assembly,
        typeof(global::Caas.Http.HttpServices).Assembly,
        typeof(global::Caas.Messaging.MessagingService).Assembly,
        typeof(global::Caas.ServiceDefaults.HostDefaults).Assembly,
        typeof(global::Caas.SocketIO.SocketIOOptions).Assembly,
    ];

    /// <summary>
    /// Every instrument that the product's classes of metrics make, those of the cluster's engines too. What a class makes
    /// only later, when it is given what to observe, is not among them: a scrape has it.
    /// </summary>
    public static IReadOnlyList<Instrument> Instruments()
    {
        var found = new List<Instrument>();
        using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        foreach (var type in Product.SelectMany(assembly => assembly.GetTypes()).Where(IsMetrics))
        {
            ActivatorUtilities.CreateInstance(services, type);
        }

        return found;
    }

    /// <summary>The name under which the exporter shows an instrument; of a histogram without <c>_bucket</c> and the like.</summary>
    public static string Of(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? name + "_total" : name;
    }

    /// <summary>The names that a scrape shows, by their types.</summary>
    public static IReadOnlyDictionary<string, string> Scraped(string text) => TypeLine().Matches(text)
        .ToDictionary(line => line.Groups["name"].Value, line => line.Groups["type"].Value, StringComparer.Ordinal);

    /// <summary>The names that an expression asks for: each has its labels in braces, if only empty ones.</summary>
    public static IEnumerable<string> Asked(string expression) =>
        Selector().Matches(expression).Select(selector => selector.Groups["name"].Value);

    /// <summary>A name without what a histogram adds to it.</summary>
    public static string Base(string name) => HistogramPart().Replace(name, string.Empty);

    private static bool IsMetrics(Type type) => type is { IsClass: true, IsAbstract: false }
        && type.Name.EndsWith("Metrics", StringComparison.Ordinal)
        && type.GetConstructors().Any(constructor => constructor.GetParameters().Any(part => part.ParameterType == typeof(IMeterFactory)));

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>[a-z]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\{", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Selector();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HistogramPart();
}
