using System.Globalization;
using System.Net;
using ControlApi.Configuration;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using ControlApi.Notices;
using Dataplane.Contract.Shared;
using Persistence;

namespace ControlApi.Status;

/// <summary>The live flows that carry most, as the stats segment lists them.</summary>
public sealed class FlowViews(ConfigurationService configuration, StatsFile stats)
{
    public IReadOnlyList<FlowStatus> List()
    {
        IReadOnlyList<NamedCountRow> depths = stats.Read<NamedCountRow>(StatsLayout.Depths);
        return [.. stats.Read<FlowRow>(StatsLayout.TopFlows).Select(row => Of(row, depths))
            .OrderByDescending(f => f.ClientBytes + f.ServerBytes)];
    }

    private FlowStatus Of(FlowRow row, IReadOnlyList<NamedCountRow> depths)
    {
        IPAddress client = row.ClientAddress.ToIpAddress();
        IPAddress server = row.ServerAddress.ToIpAddress();
        string app = row.AppProtocol.ToString();
        var chains = configuration.Active?.Document.Chains;
        return new FlowStatus
        {
            Id = row.Flow.ToString(CultureInfo.InvariantCulture),
            Proto = NoticeRenderer.ProtocolName(row.Protocol),
            ClientIp = client.ToString(),
            ClientPort = row.ClientPort,
            ServerIp = server.ToString(),
            ServerPort = row.ServerPort,
            Vlan = row.Vlan == 0 ? null : row.Vlan,
            AppProto = app.Length == 0 ? null : app,
            CommunityId =
                NoticeRenderer.CommunityIdOf(client, server, row.ClientPort, row.ServerPort, row.Protocol),
            Chain = chains is not null && row.Chain < chains.Count ? chains[row.Chain].Id : "",
            Depth = row.Depth < depths.Count ? depths[row.Depth].Name.ToString() : "",
            Worker = row.Worker,
            ClientPackets = row.ClientPackets,
            ClientBytes = row.ClientBytes,
            ServerPackets = row.ServerPackets,
            ServerBytes = row.ServerBytes,
            FirstSeen = Microseconds.ToMoment(row.FirstSeen),
            LastSeen = Microseconds.ToMoment(row.LastSeen),
        };
    }
}
