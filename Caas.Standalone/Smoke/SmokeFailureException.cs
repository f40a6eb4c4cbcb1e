namespace Caas.Standalone.Smoke;

/// <summary>A step that did not find what it expects; neither text holds a body or a secret.</summary>
/// <param name="expected">What the contract says.</param>
/// <param name="found">What came.</param>
internal sealed class SmokeFailureException(string expected, string found) : Exception($"expected {expected}, came {found}")
{
    public string Expected => expected;

    public string Found => found;
}
