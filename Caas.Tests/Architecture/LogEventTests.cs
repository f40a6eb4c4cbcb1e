using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Architecture;

/// <summary>An operator finds the place in the code by the number of the event, so a number means one thing.</summary>
public sealed partial class LogEventTests
{
    private static readonly string[] Product =
    [
        "Caas.Consumers", "Caas.Domain", "Caas.Engines", "Caas.Gateway", "Caas.Http", "Caas.Messaging",
        "Caas.ServiceDefaults", "Caas.SocketIO", "caas",
    ];

    [Fact]
    public void No_two_log_messages_have_one_number() =>
        Faults(Product.SelectMany(name => Assembly.Load(name).GetTypes())).ShouldBeEmpty();

    [Fact]
    public void The_log_messages_of_every_layer_are_found() =>
        Numbers(Product.SelectMany(name => Assembly.Load(name).GetTypes()))
            .Select(one => one.Number / 1000)
            .Distinct()
            .Order()
            .ShouldBe([1, 2, 3, 4, 5, 6, 7]);

    [Fact]
    public void The_rule_of_numbers_can_fail() =>
        Faults([typeof(One), typeof(Other)]).ShouldBe(["0: Other.LogNothing", "7: One.LogFirst, Other.LogSecond"]);

    private static List<string> Faults(IEnumerable<Type> types) =>
    [
        .. Numbers(types)
            .GroupBy(one => one.Number, one => one.Method)
            .Where(group => group.Key <= 0 || group.Count() > 1)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Order(StringComparer.Ordinal))}"),
    ];

    private static IEnumerable<(int Number, string Method)> Numbers(IEnumerable<Type> types) => types
        .SelectMany(type => type.GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(LoggerMessageAttribute)))
        .Select(method => (
            method.GetCustomAttribute<LoggerMessageAttribute>()!.EventId, $"{method.DeclaringType!.Name}.{method.Name}"));

    private static partial class One
    {
        [LoggerMessage(7, LogLevel.Debug, "First")]
        public static partial void LogFirst(ILogger logger);
    }

    private static partial class Other
    {
        [LoggerMessage(7, LogLevel.Debug, "Second")]
        public static partial void LogSecond(ILogger logger);

        [LoggerMessage(0, LogLevel.Debug, "Nothing")]
        public static partial void LogNothing(ILogger logger);
    }
}
