using System.Text.Json;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>The same small loads again and again on a store that grows: sends, syncs, starts.</summary>
internal sealed class GrowthProbe(BenchRun run, TemporaryFolder data)
{
    private const int Workers = 64;
    private const int Starts = 5;
    private const int Ok = 200;
    private const int Created = 201;
    private const string SendPath = "/api/messages";
    private const string SyncPath = "/api/sync";

    private readonly Dictionary<string, Measurement> _smallest = new(StringComparer.Ordinal);
    private long _sent;

    /// <summary>Measures all of it, at the size that this name says; the first size is what later ones are compared with.</summary>
    /// <param name="size">The name.</param>
    /// <param name="tenants">The clients that there are.</param>
    /// <param name="operations">Operations of each load.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task MeasureAsync(string size, IReadOnlyList<Tenant> tenants, int operations, CancellationToken cancellationToken)
    {
        await using (var server = await ServerProcess.StartAsync(run.ServerCore, data, cancellationToken))
        {
            var some = Some(tenants);
            Add("sends", size, await SendAsync(server, some, operations, cancellationToken));
            if (some.Count < tenants.Count)
            {
                // The first size has no such line, so this one stands against its sends.
                Add("sends", $"{size}, every client in turn", await SendAsync(server, tenants, operations, cancellationToken));
            }

            Add("sync of a new device", size, await SyncAsync(server, some, inStep: false, operations, cancellationToken));
            Add("sync of a device in step", size, await SyncAsync(server, some, inStep: true, operations, cancellationToken));
            await server.StopAsync(cancellationToken);
        }

        var starts = new StartTimes();
        for (var i = 0; i < Starts; i++)
        {
            await starts.AddAsync(run.ServerCore, data, cancellationToken);
        }

        Add("start", size, starts.ToMeasurement("start"));
    }

    // As many as there are workers, from all over.
    private static List<Tenant> Some(IReadOnlyList<Tenant> tenants)
    {
        var count = Math.Min(Workers, tenants.Count);
        return [.. Enumerable.Range(0, count).Select(i => tenants[(int)((long)i * tenants.Count / count)])];
    }

    private void Add(string load, string size, Measurement measured)
    {
        var named = measured with { Name = $"{load}, {size}" };
        if (_smallest.TryGetValue(load, out var smallest))
        {
            foreach (var (name, ratio) in Measure.Ratio(load, named, smallest).More)
            {
                named.More[name] = ratio;
            }
        }
        else
        {
            _smallest[load] = named;
        }

        run.Add(named);
    }

    private Task<Measurement> SendAsync(
        ServerProcess server, IReadOnlyList<Tenant> tenants, int operations, CancellationToken cancellationToken)
    {
        var first = _sent;
        _sent += (ClosedLoop<HttpWire>.MostRounds + 1L) * operations;
        return MeasureAsync(server, operations, Created, number => Send(server.Url, Of(tenants, number), first + number), cancellationToken);
    }

    private static async Task<Measurement> SyncAsync(
        ServerProcess server, List<Tenant> tenants, bool inStep, int operations, CancellationToken cancellationToken)
    {
        var requests = new byte[tenants.Count][];
        using var api = new ApiClient(server.Url);
        for (var i = 0; i < requests.Length; i++)
        {
            var cursor = inStep ? await CursorAsync(api, tenants[i], cancellationToken) : null;
            var body = cursor is null ? "{}" : $$"""{"cursor":"{{cursor}}"}""";
            requests[i] = HttpRequest.Post(server.Url, SyncPath, tenants[i].Token, body);
        }

        return await MeasureAsync(server, operations, Ok, number => requests[number % requests.Length], cancellationToken);
    }

    private static async Task<string> CursorAsync(ApiClient api, Tenant tenant, CancellationToken cancellationToken)
    {
        var answer = await api.PostAsync(SyncPath, tenant.Token, new { }, cancellationToken);
        while (answer.GetProperty("hasMore").GetBoolean())
        {
            answer = await api.PostAsync(SyncPath, tenant.Token, new { cursor = Cursor(answer) }, cancellationToken);
        }

        return Cursor(answer);
    }

    private static string Cursor(JsonElement answer) => answer.GetProperty("cursor").GetString()!;

    private static async Task<Measurement> MeasureAsync(
        ServerProcess server, int operations, int status, Func<long, byte[]> request, CancellationToken cancellationToken)
    {
        var wires = new List<HttpWire>();
        try
        {
            for (var i = 0; i < Workers; i++)
            {
                wires.Add(await HttpWire.ConnectAsync(server.Url, cancellationToken));
            }

            var loop = new ClosedLoop<HttpWire>(
                wires, async (wire, number, cancel) => await wire.SendAsync(request(number), status, cancel));
            await loop.WarmUpAsync(server, operations, cancellationToken);
            await Quiet.WaitAsync(server, cancellationToken);
            return await loop.MeasureAsync("measured", server, operations, cancel => Quiet.WaitAsync(server, cancel), cancellationToken);
        }
        finally
        {
            wires.ForEach(wire => wire.Dispose());
        }
    }

    private static Tenant Of(IReadOnlyList<Tenant> tenants, long number) => tenants[(int)(number % tenants.Count)];

    private static byte[] Send(Uri url, Tenant tenant, long number) => HttpRequest.Post(
        url, SendPath, tenant.Token, ChatText.Body(tenant.Conversation).Replace(NumberedBytes.Mark, $"p{number}", StringComparison.Ordinal));
}
