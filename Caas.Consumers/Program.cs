// The service as a process of its own runs over the cluster's engines, which are still to come (docs/roadmap.md). Better
// a clear end than a server that answers nothing.
await Console.Error.WriteLineAsync(
    "Caas:Engines: the cluster's engines are not built yet. The embedded host runs all services: dotnet run --project Caas.AppHost");
return 2;
