var host = Host.CreateDefaultBuilder(args).Build();
host.Run();
