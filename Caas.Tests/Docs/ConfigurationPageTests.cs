using System.Collections;
using System.Globalization;
using System.Reflection;
using Caas.Tests.Support;

namespace Caas.Tests.Docs;

public sealed class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";
    private const string SetInCode = "set in code";

    private static readonly Assembly[] Product =
    [
        typeof(global::Caas.Consumers.ConsumersService).Assembly,
        typeof(global::Caas.Domain.Validation.LimitsOptions).Assembly,
        typeof(global::Caas.Engines.Sqlite.SqliteEngine).Assembly,
        typeof(global::Caas.Gateway.GatewayService).Assembly,
        typeof(global::Caas.Http.HttpServices).Assembly,
        typeof(global::Caas.Messaging.MessagingService).Assembly,
        typeof(global::Caas.ServiceDefaults.HostDefaults).Assembly,
        typeof(global::Caas.SocketIO.SocketIOOptions).Assembly,
        typeof(global::Caas.Standalone.StandaloneCommand).Assembly,
    ];

    [Fact]
    public void The_page_lists_every_option_with_its_default() =>
        Differences(Options(Product.SelectMany(assembly => assembly.GetTypes())), Repository.Read(Page)).ShouldBeEmpty();

    [Fact]
    public void Every_row_says_what_it_means_and_what_is_allowed() =>
        MarkdownTable.CodeRows(Repository.Read(Page))
            .Where(row => row.Length != 4 || row.Any(string.IsNullOrEmpty))
            .Select(row => row[0])
            .ShouldBeEmpty();

    [Fact]
    public void The_options_of_each_layer_are_found()
    {
        string[] some =
            ["Caas:Limits:BodyBytes", "Caas:Http:Port", "Caas:Sqlite:MaxBatch", "Caas:Registration:Open", "SocketIO:PingInterval"];

        some.ShouldBeSubsetOf(
            Options(Product.SelectMany(assembly => assembly.GetTypes())).Select(option => option.Key), StringComparer.Ordinal);
    }

    [Fact]
    public void A_missing_a_strange_and_a_wrong_row_are_found()
    {
        var page =
            """
            | key | default | meaning | allowed |
            |---|---|---|---|
            | `Sample:Count` | `4` | Wrong: it is 3 | any |
            | `Sample:Wait` | `00:00:01.5000000` | Right | any |
            | `Sample:Gone` | none | Not there | any |
            | `Sample:Decide` | none | Right | set in code: by the test |
            """;

        Differences(Options([typeof(SampleOptions)]), page).ShouldBe(
            ["Sample:Count: `3`", "Sample:Name: none", "Sample:Count: `4`", "Sample:Gone: none"], ignoreOrder: true);
    }

    private static IEnumerable<string> Differences(IReadOnlyCollection<Option> options, string page)
    {
        var known = options.Select(option => $"{option.Key}: {option.Default}").ToList();
        var rows = MarkdownTable.CodeRows(page);
        var listed = rows.Select(row => $"{row[0]}: {row[1]}").ToList();
        var untrue = options.Where(option => option.IsCode).Select(option => option.Key)
            .Except(rows.Where(row => row[^1].StartsWith(SetInCode, StringComparison.Ordinal)).Select(row => row[0]), StringComparer.Ordinal)
            .Select(key => $"{key}: is {SetInCode}");
        return known.Except(listed, StringComparer.Ordinal).Concat(listed.Except(known, StringComparer.Ordinal)).Concat(untrue);
    }

    private static List<Option> Options(IEnumerable<Type> types) =>
    [
        .. types
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(type => SectionOf(type) is { } section ? OptionsOf(type, section) : []),
    ];

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } field
            ? field.GetRawConstantValue() as string
            : null;

    private static IEnumerable<Option> OptionsOf(Type type, string section)
    {
        var defaults = Activator.CreateInstance(type, nonPublic: true);
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } || IsList(property.PropertyType))
            .Select(property => new Option(
                $"{section}:{property.Name}", Describe(property.GetValue(defaults)), !IsBindable(property.PropertyType)));
    }

    private static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static bool IsBindable(Type type) =>
        IsList(type) || (Nullable.GetUnderlyingType(type) ?? type) is var plain
            && (plain.IsPrimitive || plain.IsEnum || plain == typeof(string) || plain == typeof(TimeSpan));

    private static string Describe(object? value) => value switch
    {
        null => "none",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{time.ToString("c", CultureInfo.InvariantCulture)}`",
        IEnumerable list => list.Cast<object?>().Any() ? $"`{string.Join(", ", list.Cast<object?>())}`" : "none",
        IFormattable number => $"`{number.ToString(format: null, CultureInfo.InvariantCulture)}`",
        _ => "none",
    };

    private sealed record Option(string Key, string Default, bool IsCode);

    private sealed class SampleOptions
    {
        public const string Section = "Sample";

        public int Count { get; set; } = 3;

        public TimeSpan Wait { get; set; } = TimeSpan.FromMilliseconds(1500);

        public string? Name { get; set; }

        public Func<bool>? Decide { get; set; }

        public int Computed => Count + 1;
    }
}
