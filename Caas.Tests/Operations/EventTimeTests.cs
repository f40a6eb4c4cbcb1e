using Caas.Domain.Events;
using Caas.Tests.Contracts;

namespace Caas.Tests.Operations;

public sealed class EventTimeTests
{
    [Fact]
    public void The_time_of_an_event_is_found_without_reading_all_of_it()
    {
        for (var i = 0; i < 100; i++)
        {
            var json = EventJson.Write(EventGenerator.One());

            EventJson.FindOccurredAt(json).ShouldBe(EventJson.Read(json).OccurredAt);
        }
    }

    [Theory]
    [InlineData("""{"data":{"occurredAt":"2026-11-29T12:00:00.000Z"},"occurredAt":"2026-11-28T12:00:00.000Z"}""", "2026-11-28T12:00:00Z")]
    [InlineData("""{"data":{"occurredAt":"2026-11-29T12:00:00.000Z"}}""", null)]
    [InlineData("""{"occurredAt":null}""", null)]
    [InlineData("""{"occurredAt":"yesterday"}""", null)]
    [InlineData("""[]""", null)]
    public void It_is_the_events_own_time_or_none(string json, string? time) =>
        EventJson.FindOccurredAt(System.Text.Encoding.UTF8.GetBytes(json))
            .ShouldBe(time is null ? null : DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
}
