using System.CommandLine;
using Caas.Bench.Benchmarks;
using Caas.Bench.Cluster;
using Caas.Bench.Micro;
using Caas.Bench.Results;

var root = new RootCommand("Measures CaaS: starts the product as another process and drives it over real sockets and HTTP.");
root.Subcommands.Add(SendBenchmark.Command());
root.Subcommands.Add(FanOutBenchmark.Command());
root.Subcommands.Add(IdleBenchmark.Command());
root.Subcommands.Add(HistoryBenchmark.Command());
root.Subcommands.Add(GatewayBenchmark.Command());
root.Subcommands.Add(StartupBenchmark.Command());
root.Subcommands.Add(GrowthBenchmark.Command());
root.Subcommands.Add(MicroCommand.Create());
root.Subcommands.Add(ResultTable.Command());
root.Subcommands.Add(StandIns.Command());
return await root.Parse(args).InvokeAsync();
