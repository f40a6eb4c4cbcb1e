using System.CommandLine;
using System.Globalization;
using System.Text;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>Pages of one long conversation: the same cost at its start, middle and end.</summary>
internal static class HistoryBenchmark
{
    private const int PageSize = 50;
    private const int Readers = 4;

    // The pages of a place are taken in turn out of so many beside each other.
    private const int PagesOfPlace = 20;
    private const int Ok = 200;

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1_000_000, Description = "Messages of the conversation, at least 4,000." };
        var pages = new Option<int>("--pages") { DefaultValueFactory = _ => 4000, Description = "Pages that are measured at each place." };
        return BenchRun.Command("history", "Pages of one long conversation.", [messages, pages, BenchRun.ClusterOption()], async (run, parse, cancellationToken) =>
        {
            var count = Math.Max(2 * 2 * PageSize * PagesOfPlace, parse.GetValue(messages));
            await run.MeasureProductAsync(
                server => MeasureAsync(run, server, count, parse.GetValue(pages), cancellationToken), cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"history-{count}");
        });
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        BenchRun run, IMeasuredServer server, int messages, int pages, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(server.Url);
        var tenant = await Tenant.CreateAsync(api, cancellationToken);
        await tenant.FillAsync(server.Url, first: 0, messages, cancellationToken);
        var last = messages - (PageSize * PagesOfPlace);
        (string Name, int First)[] places = [("start", 1), ("middle", messages / 2), ("end", last + 1)];

        // All places before each is measured, so that none pays for what another warmed.
        var readers = places.Select(place => new Place(server.Url, tenant, place.First)).ToList();
        foreach (var place in readers)
        {
            await WithReadersAsync(server, place, loop => loop.WarmUpAsync(server, pages, cancellationToken), cancellationToken);
        }

        var measured = new List<Measurement>();
        foreach (var (place, name) in readers.Zip(places.Select(place => place.Name)))
        {
            measured.Add(await WithReadersAsync(
                server,
                place,
                loop => loop.MeasureAsync(
                    $"page of {PageSize} at the {name} of {messages}", server, pages, settle: null, cancellationToken),
                cancellationToken));
            run.Add(measured[^1]);
        }

        run.Add(Measure.Ratio("start / end", measured[0], measured[2]));
        run.Add(Measure.Ratio("middle / end", measured[1], measured[2]));
        return measured;
    }

    private static async Task<T> WithReadersAsync<T>(
        IMeasuredServer server, Place place, Func<ClosedLoop<HttpWire>, Task<T>> use, CancellationToken cancellationToken)
    {
        var wires = new List<HttpWire>();
        try
        {
            for (var i = 0; i < Readers; i++)
            {
                wires.Add(await HttpWire.ConnectAsync(server.Url, cancellationToken));
            }

            var loop = new ClosedLoop<HttpWire>(wires, place.ReadAsync);
            return await use(loop);
        }
        finally
        {
            wires.ForEach(wire => wire.Dispose());
        }
    }

    /// <summary>Pages beside each other, of which each answer must hold the newest and the oldest message.</summary>
    private sealed class Place(Uri url, Tenant tenant, int first)
    {
        private readonly (byte[] Request, byte[] Newest, byte[] Oldest)[] _pages =
        [
            .. Enumerable.Range(0, PagesOfPlace).Select(page => first + (page * PageSize)).Select(oldest => (
                HttpRequest.Get(url, Path(tenant.Conversation, oldest + PageSize), tenant.Token),
                Sequence(oldest + PageSize - 1),
                Sequence(oldest))),
        ];

        public async ValueTask ReadAsync(HttpWire wire, long number, CancellationToken cancellationToken)
        {
            var (request, newest, oldest) = _pages[number % PagesOfPlace];
            var answer = await wire.SendAsync(request, Ok, cancellationToken);
            if (answer.Span.IndexOf(newest) < 0 || answer.Span.IndexOf(oldest) < 0)
            {
                throw new BenchException("A page held other messages than it should.");
            }
        }

        private static string Path(string conversation, int before) => string.Create(
            CultureInfo.InvariantCulture, $"/api/conversations/{conversation}/messages?limit={PageSize}&before={before}");

        private static byte[] Sequence(int sequence) =>
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"sequence\":{sequence},"));
    }
}
