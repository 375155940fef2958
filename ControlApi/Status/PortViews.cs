using ControlApi.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>Ports of the active document with their links and counters.</summary>
public sealed class PortViews(ConfigurationService configuration, DataplaneMonitor dataplane, StatsFile stats)
{
    public IReadOnlyList<PortStatus> List()
    {
        if (configuration.Active is not { } active)
        {
            return [];
        }
        Dictionary<string, PortRow> rows = stats.Read<PortRow>(StatsLayout.Ports)
            .GroupBy(p => p.Id.ToString()).ToDictionary(g => g.Key, g => g.First());
        Dictionary<string, PortLink> links = dataplane.Status.Ports
            .GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.First());
        return [.. active.Document.Ports.Select(p => Of(
            p, links.GetValueOrDefault(p.Id), rows.GetValueOrDefault(p.Id), active.Document))];
    }

    private PortStatus Of(PortDefinition port, PortLink? link, PortRow row, ConfigurationDocument document)
        => new()
        {
            Id = port.Id,
            Device = port.Device,
            Up = dataplane.Status.IsConnected && (link?.Up ?? row.Up != 0),
            Message = dataplane.Status.IsConnected ? link?.Message : "The dataplane is not connected.",
            LinkMegabitsPerSecond = row.LinkMegabitsPerSecond == 0 ? null : row.LinkMegabitsPerSecond,
            ReceivedPackets = row.ReceivedPackets,
            ReceivedBytes = row.ReceivedBytes,
            SentPackets = row.SentPackets,
            SentBytes = row.SentBytes,
            ReceiveDrops = row.ReceiveDrops,
            SendDrops = row.SendDrops,
            Errors = row.Errors,
            Chains = [.. document.Chains.Where(c => c.Ports.Contains(port.Id)).Select(c => c.Id)],
        };
}
