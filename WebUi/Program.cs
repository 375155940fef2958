using System.Net.Sockets;
using WebUi.Hosting;

WebUiOptions options;
try
{
    options = WebUiOptions.Parse(args);
}
catch (UsageException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 2;
}

await using WebApplication app = WebUiHost.Build(options);
try
{
    await app.StartAsync();
}
catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
    or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
{
    string holder = PortHolder.Describe(options.Port);
    await Console.Error.WriteLineAsync(
        $"Port {options.Port} is held by {holder}; end it or choose another port with --port.");
    return 1;
}
File.WriteAllText(Path.Combine(options.RunFolder, "webui.port"), $"{new Uri(app.Urls.First()).Port}\n");
Console.WriteLine($"WebUi listens on {string.Join(", ", app.Urls)}");
await app.WaitForShutdownAsync();
return 0;
