using Caas.Fuzz;

return await FuzzCommand.Create().Parse(args).InvokeAsync();
