namespace Caas.Fuzz;

/// <summary>A parser broke a rule. The message is the rule.</summary>
/// <param name="rule">The rule.</param>
internal sealed class OracleException(string rule) : Exception(rule);
