namespace Caas.Consumers.Streams;

/// <summary>Where something failed, for the log: the method that threw, which quotes nothing.</summary>
internal static class FailurePlace
{
    /// <summary>The first frame of the stack without the file; <c>nowhere</c> where nothing was thrown.</summary>
    public static string Of(Exception failure)
    {
        var root = failure.GetBaseException();
        var frame = (root.StackTrace ?? failure.StackTrace)?.Split('\n', 2)[0].Trim();
        return frame?.Split(" in ", 2)[0] ?? "nowhere";
    }
}
