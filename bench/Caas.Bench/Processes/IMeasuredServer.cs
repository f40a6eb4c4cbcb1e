using System.Collections.ObjectModel;

namespace Caas.Bench.Processes;

/// <summary>What is measured: the product, or a peer on the same core.</summary>
internal interface IMeasuredServer : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    Uri Url { get; }

    /// <summary>Its CPU time.</summary>
    CpuClock Cpu { get; }

    /// <summary>The part of it that compiles; null where the process is none of .NET.</summary>
    CompilerClock? Compiler { get; }

    /// <summary>Its memory now.</summary>
    ProcessMemory Memory { get; }

    /// <summary>Of what is more than one process, the CPU time of each kind; what stands behind them too, which is not its own.</summary>
    IReadOnlyDictionary<string, CpuClock> Parts => ReadOnlyDictionary<string, CpuClock>.Empty;
}
