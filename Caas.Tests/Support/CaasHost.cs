[assembly: AssemblyFixture(typeof(Caas.Tests.Support.CaasHost))]

namespace Caas.Tests.Support;

/// <summary>
/// One process for all stories that need nothing of their own: each registers a client, and clients do not see one
/// another.
/// </summary>
public sealed class CaasHost() : SharedProcess([]);
