using ControlApi;
using ControlApi.Security;

if (args is ["admin", .. var command])
{
    return await AdminCommand.RunAsync(command, Console.Out, Console.Error, CancellationToken.None);
}
if (ControlApiOptions.Parse(args, out string? wrong) is not { } options)
{
    await Console.Error.WriteLineAsync(wrong);
    return 2;
}
return await ControlApiProcess.RunAsync(options, Console.Error);
