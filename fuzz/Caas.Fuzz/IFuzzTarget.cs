namespace Caas.Fuzz;

/// <summary>
/// A parser of bytes from outside, and what must hold of whatever it makes of them. Used by one thread; one input leaves
/// no trace that another could notice.
/// </summary>
internal interface IFuzzTarget
{
    /// <summary>Its name on the command line, and its folder's below <c>fuzz/corpus</c>.</summary>
    string Name { get; }

    /// <summary>What it reads, for a person.</summary>
    string Reads { get; }

    /// <summary>The most that one call may allocate, what its checks allocate included.</summary>
    AllocationBound Bound { get; }

    /// <summary>The words of the format, as bytes; mutations put them in.</summary>
    IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>Reads one input and checks the result; any exception is a finding.</summary>
    /// <returns>
    /// How it went, as a number out of few: what was accepted, or why not. An input with a new one is kept to be mutated.
    /// </returns>
    int Run(ReadOnlyMemory<byte> input);
}

/// <summary>Bytes that a call may allocate: so many, and so many more for each byte of its input.</summary>
/// <param name="Fixed">For the shortest input.</param>
/// <param name="PerByte">For each byte.</param>
internal readonly record struct AllocationBound(long Fixed, int PerByte)
{
    /// <summary>The bound for an input of this length.</summary>
    public long For(int length) => Fixed + ((long)PerByte * length);
}
