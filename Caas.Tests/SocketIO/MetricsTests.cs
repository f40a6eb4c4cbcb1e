using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class MetricsTests
{
    [Fact]
    public async Task Connections_sessions_and_queued_bytes_are_measured()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        using var waiting = await SocketIOWebSocket.OpenAsync(host);
        var e = EncodedEvent.Create("e", default);
        connection.TryEmit(e);

        var seen = new ConcurrentDictionary<string, List<long>>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name is "Caas.SocketIO")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((i, value, _, _) => seen.GetOrAdd(i.Name, _ => []).Add(value));
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => seen.GetOrAdd(i.Name, _ => []).Add(value));
        listener.Start();
        listener.RecordObservableInstruments();

        // Other tests' servers have meters of the same name in this process.
        seen["socketio.connections"].ShouldContain(1);
        seen["socketio.sessions"].ShouldContain(2);
        seen["socketio.queued"].ShouldContain(e.Bytes);
        (await client.PollAsync()).ShouldBe("42[\"e\"]");
    }
}
