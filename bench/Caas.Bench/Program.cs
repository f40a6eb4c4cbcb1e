using System.CommandLine;
using Caas.Bench;

var root = new RootCommand("Measures CaaS: starts the product as another process and drives it over real sockets.");
root.Subcommands.Add(SendBenchmark.Command());
root.Subcommands.Add(FanOutBenchmark.Command());
root.Subcommands.Add(StartupBenchmark.Command());
return await root.Parse(args).InvokeAsync();
