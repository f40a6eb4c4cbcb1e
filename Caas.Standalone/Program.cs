return await Caas.Standalone.StandaloneCommand.RunAsync(args);
