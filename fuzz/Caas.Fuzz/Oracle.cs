using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Caas.Fuzz;

/// <summary>What targets say that must hold.</summary>
internal static class Oracle
{
    /// <summary>An <see cref="OracleException"/> unless it holds.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds)
        {
            throw new OracleException(rule);
        }
    }

    /// <summary>The value of a call that has no reason to wait: what it needs is in memory.</summary>
    public static T Completed<T>(ValueTask<T> task)
    {
        Require(task.IsCompleted, "A call that needs nothing from outside does not wait.");
#pragma warning disable VSTHRD002 // It is completed.
        return task.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>The tokens of a format.</summary>
    public static IReadOnlyList<byte[]> Tokens(params ReadOnlySpan<string> words)
    {
        var tokens = new byte[words.Length][];
        for (var i = 0; i < words.Length; i++)
        {
            tokens[i] = Encoding.UTF8.GetBytes(words[i]);
        }

        return tokens;
    }
}
