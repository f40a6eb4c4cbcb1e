// Without a container runtime the one command starts the embedded host (see Caas.AppHost.csproj). Deployment tools call
// `dotnet run` on an AppHost and mean the Aspire application: better a clear end than a server that they wait for.
if (args.Contains("--publisher", StringComparer.Ordinal) || args.Contains("--operation", StringComparer.Ordinal))
{
    await Console.Error.WriteLineAsync("This is the embedded host. To publish the application: Aspire=true azd up");
    return 1;
}

return await Caas.Standalone.StandaloneCommand.RunAsync(args);
