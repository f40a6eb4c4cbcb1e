namespace Caas.Gateway.Platform;

/// <summary>A list that is short by nature, in the shape of a page.</summary>
/// <typeparam name="T">What it holds.</typeparam>
/// <param name="Items">All of them.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items);
