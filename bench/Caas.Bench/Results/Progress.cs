using System.Diagnostics;
using System.Globalization;

namespace Caas.Bench.Results;

/// <summary>Says once a second, on standard error, how far a run is.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private readonly string _name;
    private readonly long _total;
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1), TimeProvider.System);
    private readonly Task _loop;
    private long _done;

    /// <summary>Begins to say it.</summary>
    public Progress(string name, long total)
    {
        _name = name;
        _total = total;
        _loop = RunAsync();
    }

    /// <summary>One more is done.</summary>
    public void Add() => Interlocked.Increment(ref _done);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop;
    }

    private async Task RunAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (await _timer.WaitForNextTickAsync())
        {
            var done = Interlocked.Read(ref _done);
            var perSecond = done / Stopwatch.GetElapsedTime(started).TotalSeconds;
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  {_name}: {done:N0} of {_total:N0}, {perSecond:N0}/s"));
        }
    }
}
