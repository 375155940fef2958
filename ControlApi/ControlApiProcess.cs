using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ControlApi.Configuration;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Persistence;
using Persistence.Stores;

namespace ControlApi;

/// <summary>One run of ControlApi, from opening the databases to the end of the process.</summary>
public static class ControlApiProcess
{
    /// <summary>File below RUN with the HTTP port that was taken.</summary>
    public const string PortFile = "controlapi.port";

    private const int Failed = 1;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(ControlApiOptions options, TextWriter errors)
    {
        Directory.CreateDirectory(options.RunFolder);
        if (!IsFree(options.Port))
        {
            await errors.WriteLineAsync(
                $"Port {options.Port} on 127.0.0.1 is taken; use another --port, or stop who listens there.");
            return Failed;
        }
        using DataLock? held = await TakeLockAsync(options.DataFolder);
        if (held is null)
        {
            await errors.WriteLineAsync(
                $"Another ControlApi uses {options.DataFolder}; stop it, or use another --data.");
            return Failed;
        }
        MakeSchemas(new DataFolder(options.DataFolder), held);
        var faults = new List<ConfigFault>();
        CommitOrder? startup = await StartupDocument.FindAsync(
            options, new RevisionStore(new DataFolder(options.DataFolder)), faults, CancellationToken.None);
        if (faults.Count > 0)
        {
            foreach (ConfigFault fault in faults)
            {
                await errors.WriteLineAsync(
                    $"{fault.Path}: {fault.Message} {fault.Fix}".TrimStart(':', ' '));
            }
            return Failed;
        }
        await using WebApplication app = ControlApiHost.Build(options, held, TimeProvider.System);
        await StartAsync(app, startup, CancellationToken.None);
        await app.StartAsync();
        WritePort(app, options.RunFolder);
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>
    /// Brings the two fixed databases to the schema of this build; event files follow when opened.
    /// </summary>
    public static void MakeSchemas(DataFolder folder, DataLock held)
    {
        using ConfigDb config = folder.OpenConfig();
        Schema.Migrate(config, held);
        using TriageDb triage = folder.OpenTriage();
        Schema.Migrate(triage, held);
    }

    /// <summary>What has to be known before the first request.</summary>
    public static async Task StartAsync(WebApplication app, CommitOrder? startup,
        CancellationToken cancellation)
    {
        DateTimeOffset now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await app.Services.GetRequiredService<UserStore>().EnsureFirstAsync(now, cancellation);
        await app.Services.GetRequiredService<ConfigurationService>().LoadAsync(startup, cancellation);
    }

    /// <summary>Tried before anything is opened, so that a taken port is one sentence and no trace.</summary>
    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WritePort(WebApplication app, string runFolder)
    {
        string address = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        File.WriteAllText(Path.Combine(runFolder, PortFile),
            new Uri(address).Port.ToString(CultureInfo.InvariantCulture) + "\n");
    }

    /// <summary>
    /// An admin command holds the lock for a moment only; another ControlApi holds it for good.
    /// </summary>
    private static async Task<DataLock?> TakeLockAsync(string dataFolder)
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < LockPatience; waited += LockPause)
        {
            if (DataLock.TryTake(dataFolder) is { } held)
            {
                return held;
            }
            await Task.Delay(LockPause);
        }
        return null;
    }
}
