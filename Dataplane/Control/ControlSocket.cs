using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Dataplane.Control;

/// <summary>The gRPC server on a Unix socket that only its owner may open;
/// it carries commands and nothing else.</summary>
public sealed class ControlSocket : IAsyncDisposable
{
    /// <summary>File below RUN.</summary>
    public const string FileName = "dataplane.sock";

    /// <summary>A document of the largest size, and what goes with it.</summary>
    private const int CommandBytesMax = 8 * 1024 * 1024;

    private readonly WebApplication _server;

    private ControlSocket(WebApplication server)
    {
        _server = server;
    }

    /// <summary>Listens; a socket left behind by a process that was killed is replaced.</summary>
    public static async Task<ControlSocket> StartAsync(string path, ControlState state)
    {
        File.Delete(path);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(state);
        builder.Services.AddSingleton<DataplaneService>();
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = CommandBytesMax);
        WebApplication server = builder.Build();
        server.UseRouting();
        server.MapGrpcService<DataplaneService>();
        await server.StartAsync();
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return new ControlSocket(server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
