namespace Caas.Bench;

/// <summary>Why a run gives no figures: said in one line, without a stack.</summary>
internal sealed class BenchException(string message) : Exception(message);
