using ControlApi.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Notices;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Rpc;
using Dataplane.Contract.Shared;
using Grpc.Core;
using Persistence;

namespace ControlApi.Dataplane;

/// <summary>
/// Notices when the dataplane comes, goes or starts again, and gives it the active revision.
/// </summary>
/// <remarks>
/// Looks at the stats segment, which costs the dataplane nothing; asks over the socket only when something
/// changed or when there is no segment.
/// </remarks>
public sealed class DataplaneMonitor(
    DataplaneClient client, StatsFile stats, CatalogFiles catalogs, ConfigurationService configuration,
    TimeProvider clock, ILogger<DataplaneMonitor> log) : BackgroundService
{
    public static readonly TimeSpan HeartbeatMax = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);
    private DataplaneStatus _status = DataplaneStatus.Unknown;
    private DateTimeOffset _asked;
    private uint _refusedRevision;
    private DateTimeOffset _refusedAt;

    public DataplaneStatus Status => Volatile.Read(ref _status);

    /// <summary>Raised on the monitor's thread after the status changed.</summary>
    public event Action? Changed;

    /// <summary>Asks the dataplane now, so that a change is seen at once.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            Set(await AskAsync(cancellation));
        }
        catch (RpcException)
        {
            SetAway();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Set(DataplaneStatus.Unknown with { Since = clock.GetUtcNow() });
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(Look, clock, stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        StatsHeader? header = stats.Header;
        DateTimeOffset now = clock.GetUtcNow();
        bool isFresh = header is { } h && now - Microseconds.ToMoment(h.Heartbeat) <= HeartbeatMax;
        bool isSame = isFresh && Status.IsConnected && header!.Value.ProcessId == Status.ProcessId
            && (uint)header.Value.Revision == Status.Revision && PortsAreAsKnown();
        if (!isSame || (!isFresh && now - _asked > Look))
        {
            await RefreshAsync(cancellation);
        }
        if (Status.IsConnected && !IsRefused(now))
        {
            await GiveRevisionAsync(now, cancellation);
        }
    }

    private async Task GiveRevisionAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            if (await configuration.ReconcileAsync(Status.Revision, cancellation))
            {
                await RefreshAsync(cancellation);
                _refusedRevision = configuration.ActiveRevision == Status.Revision
                    ? 0 : configuration.ActiveRevision;
                _refusedAt = now;
            }
        }
        catch (RpcException error)
        {
            log.LogWarning("The dataplane went away while it got its revision: {Reason}",
                error.Status.Detail);
            SetAway();
        }
    }

    /// <summary>
    /// A revision that the dataplane cannot run, for want of an interface perhaps, is tried again later.
    /// </summary>
    private bool IsRefused(DateTimeOffset now) => _refusedRevision != 0
        && _refusedRevision == configuration.ActiveRevision && now - _refusedAt < AskAgain;

    private bool PortsAreAsKnown()
    {
        Dictionary<string, bool> up = stats.Read<PortRow>(StatsLayout.Ports)
            .GroupBy(p => p.Id.ToString()).ToDictionary(g => g.Key, g => g.First().Up != 0);
        return Status.Ports.All(p => !up.TryGetValue(p.Id, out bool isUp) || isUp == p.Up);
    }

    private async Task<DataplaneStatus> AskAsync(CancellationToken cancellation)
    {
        _asked = clock.GetUtcNow();
        StateReply state = await client.GetStateAsync(cancellation);
        DateTimeOffset started = Microseconds.ToMoment(state.StartedAt);
        if (!Status.IsConnected || state.Pid != Status.ProcessId || started != Status.StartedAt)
        {
            ApplianceCatalog catalog = await client.GetCatalogAsync(cancellation);
            catalogs.SetLatest(new SpoolCatalog(catalog));
            log.LogInformation("Connected to dataplane {Version}, process {Pid}.", state.Version, state.Pid);
        }
        return new DataplaneStatus
        {
            IsConnected = true,
            Since = Status.IsConnected && state.Pid == Status.ProcessId ? Status.Since : clock.GetUtcNow(),
            Version = state.Version,
            StartedAt = started,
            ProcessId = state.Pid,
            Revision = state.Revision,
            Ports = [.. state.Ports.Select(p =>
                new PortLink(p.Id, p.Device, p.Up, p.Message.Length == 0 ? null : p.Message))],
            RejectedRules = [.. state.RejectedRules.Select(r =>
                new Contract.Configuration.RejectedRule(r.File, r.Line, r.Sid, r.Keyword, r.Reason))],
        };
    }

    private void SetAway()
    {
        if (Status.IsConnected)
        {
            log.LogWarning("The dataplane is away; it gets its revision when it is back.");
            Set(Status with { IsConnected = false, Since = clock.GetUtcNow() });
        }
    }

    private void Set(DataplaneStatus next)
    {
        DataplaneStatus before = Status;
        Volatile.Write(ref _status, next);
        bool isSame = before.IsConnected == next.IsConnected && before.Revision == next.Revision
            && before.ProcessId == next.ProcessId && before.Ports.SequenceEqual(next.Ports);
        if (!isSame)
        {
            Changed?.Invoke();
        }
    }
}
