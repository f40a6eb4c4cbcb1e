namespace Caas.Fuzz.Runs;

/// <summary>Something that was found.</summary>
/// <param name="Reason">What broke, in the words of the exception or the limit.</param>
/// <param name="Input">The bytes that did it.</param>
internal sealed record FuzzFailure(string Reason, byte[] Input)
{
    /// <summary>The input as base64 on a line of its own, to be decoded into a file of the corpus.</summary>
    public override string ToString() => $"{Reason}{Environment.NewLine}input of {Input.Length} bytes, base64:{Environment.NewLine}{Convert.ToBase64String(Input)}";
}
