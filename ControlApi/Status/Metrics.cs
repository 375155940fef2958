using System.Globalization;
using ControlApi.Configuration;
using ControlApi.Dataplane;
using ControlApi.Notices;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>
/// /metrics: counters of the stats segment and of storage, under the names that product.md lists.
/// </summary>
public sealed class Metrics(
    StatsFile stats, ConfigurationService configuration, CatalogFiles catalogs, NoticeCounters notices,
        LiveRates rates,
    DataplaneMonitor dataplane)
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Upper bounds of the snapshot age buckets, in seconds.</summary>
    private static readonly double[] AgeBounds = [1e-6, 4e-6, 16e-6, 64e-6, 256e-6, 1e-3, 4e-3];

    public string Write()
    {
        var text = new PrometheusText();
        WritePorts(text);
        WriteDropsAndFlows(text);
        WritePools(text);
        IReadOnlyList<NfRow> nfs = stats.Read<NfRow>(StatsLayout.Nfs);
        WriteEvents(text, nfs);
        WriteNfs(text, nfs);
        WriteAlerts(text);
        WriteWorkers(text);
        WriteSnapshotAges(text);
        WriteRevision(text);
        return text.ToString();
    }

    private void WritePorts(PrometheusText text)
    {
        IReadOnlyList<PortRow> ports = stats.Read<PortRow>(StatsLayout.Ports);
        text.Family("microbox_port_packets_total", "counter", "Packets by port and direction.");
        foreach (PortRow port in ports)
        {
            string id = port.Id.ToString();
            text.Sample("microbox_port_packets_total", port.ReceivedPackets, ("port", id),
                ("direction", "receive"));
            text.Sample("microbox_port_packets_total", port.SentPackets, ("port", id), ("direction", "send"));
        }
        text.Family("microbox_port_bytes_total", "counter", "Bytes by port and direction.");
        foreach (PortRow port in ports)
        {
            string id = port.Id.ToString();
            text.Sample("microbox_port_bytes_total", port.ReceivedBytes, ("port", id),
                ("direction", "receive"));
            text.Sample("microbox_port_bytes_total", port.SentBytes, ("port", id), ("direction", "send"));
        }
    }

    private void WriteDropsAndFlows(PrometheusText text)
    {
        text.Family("microbox_drops_total", "counter", "Packets that went no further, by reason.");
        foreach (NamedCountRow drop in stats.Read<NamedCountRow>(StatsLayout.Drops))
        {
            text.Sample("microbox_drops_total", drop.Count, ("reason", drop.Name.ToString()));
        }
        text.Family("microbox_flows", "gauge", "Live flows by how much of the stack they get.");
        foreach (NamedCountRow depth in stats.Read<NamedCountRow>(StatsLayout.Depths))
        {
            text.Sample("microbox_flows", depth.Count, ("stack", depth.Name.ToString()));
        }
    }

    private void WritePools(PrometheusText text)
    {
        IReadOnlyList<PoolRow> pools = stats.Read<PoolRow>(StatsLayout.Pools);
        (string Family, string Kind, string Help, Func<PoolRow, ulong> Value)[] families =
        [
            ("microbox_pool_used", "gauge", "Places in use, by pool.", pool => pool.Used),
            ("microbox_pool_max", "gauge", "Places there are, by pool.", pool => pool.Max),
            ("microbox_pool_bytes", "gauge", "Memory of each pool.", pool => pool.Bytes),
            ("microbox_pool_refused_total", "counter", "Requests that found no place, by pool.",
                pool => pool.Refused),
        ];
        foreach ((string family, string kind, string help, Func<PoolRow, ulong> value) in families)
        {
            text.Family(family, kind, help);
            foreach (PoolRow pool in pools)
            {
                text.Sample(family, value(pool), ("pool", pool.Name.ToString()));
            }
        }
    }

    private void WriteEvents(PrometheusText text, IReadOnlyList<NfRow> nfs)
    {
        text.Family("microbox_events_total", "counter", "Events delivered, by topic and NF.");
        var delivered = stats.Read<EventRow>(StatsLayout.Events).Where(e => e.NfIndex < nfs.Count)
            .GroupBy(e => (e.Type, e.NfIndex));
        foreach (var group in delivered)
        {
            string topic = catalogs.Latest.Find(group.Key.Type)?.Path ?? $"EVENT/UNKNOWN/{group.Key.Type}";
            text.Sample("microbox_events_total", group.Sum(e => (double)e.Count), ("topic", topic),
                ("nf", nfs[group.Key.NfIndex].Name.ToString()));
        }
    }

    private static void WriteNfs(PrometheusText text, IReadOnlyList<NfRow> nfs)
    {
        text.Family("microbox_nf_up", "gauge", "0 when an NF was taken out after faults.");
        foreach (NfRow nf in nfs)
        {
            text.Sample("microbox_nf_up", nf.State == 0 ? 1 : 0, ("nf", nf.Name.ToString()));
        }
        text.Family("microbox_nf_seconds_total", "counter", "Time spent in each NF.");
        foreach (NfRow nf in nfs)
        {
            text.Sample("microbox_nf_seconds_total", nf.Nanoseconds / NanosecondsPerSecond,
                ("nf", nf.Name.ToString()));
        }
        WriteQueues(text, nfs);
        text.Family("microbox_verdicts_total", "counter", "Verdicts by NF.");
        foreach (NfRow nf in nfs)
        {
            string name = nf.Name.ToString();
            (string Verdict, ulong Count)[] verdicts =
            [
                ("pass", nf.VerdictsPass), ("modified", nf.VerdictsModified),
                    ("drop-packet", nf.VerdictsDropPacket),
                ("drop-flow", nf.VerdictsDropFlow), ("reject-flow", nf.VerdictsRejectFlow),
            ];
            foreach ((string verdict, ulong count) in verdicts)
            {
                text.Sample("microbox_verdicts_total", count, ("nf", name), ("verdict", verdict));
            }
        }
    }

    /// <summary>Rings to NFs on other cores; an NF on its worker has none, and counts nothing.</summary>
    private static void WriteQueues(PrometheusText text, IReadOnlyList<NfRow> nfs)
    {
        (string Name, string Type, string Help, Func<NfRow, ulong> Value)[] families =
        [
            ("microbox_queue_packets", "gauge", "Events that wait for each NF on another core.",
                nf => nf.QueuePackets),
            ("microbox_queue_packets_high", "gauge", "The most events that have waited in a ring to each NF.",
                nf => nf.QueueHighWater),
            ("microbox_queue_packets_max", "gauge", "Events that the rings to each NF have room for.",
                nf => nf.QueueMax),
            ("microbox_queue_shed_total", "counter", "Events that each NF missed because its ring was full.",
                nf => nf.Shed),
            ("microbox_queue_waits_total", "counter", "Times that a worker waited for room in a ring.",
                nf => nf.QueueWaits),
        ];
        foreach ((string name, string type, string help, Func<NfRow, ulong> value) in families)
        {
            text.Family(name, type, help);
            foreach (NfRow nf in nfs)
            {
                text.Sample(name, value(nf), ("nf", nf.Name.ToString()));
            }
        }
    }

    private void WriteAlerts(PrometheusText text)
    {
        text.Family("microbox_alerts_total", "counter", "Alerts stored since the start of ControlApi.");
        foreach (((int severity, string action), long count) in notices.AlertsByKind)
        {
            text.Sample("microbox_alerts_total", count,
                ("severity", severity.ToString(CultureInfo.InvariantCulture)), ("action", action));
        }
        text.Family("microbox_notices_total", "counter", "Notices stored since the start of ControlApi.");
        text.Sample("microbox_notices_total", notices.Notices);
        text.Family("microbox_notices_lost_total", "counter", "Notices lost because the spool was full.");
        text.Sample("microbox_notices_lost_total", stats.Totals.NoticesLost);
    }

    private void WriteWorkers(PrometheusText text)
    {
        text.Family("microbox_worker_busy_ratio", "gauge",
            "Share of the last second in which a worker had work.");
        for (int worker = 0; worker < rates.Busy.Count; worker++)
        {
            text.Sample("microbox_worker_busy_ratio", rates.Busy[worker],
                ("worker", worker.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void WriteSnapshotAges(PrometheusText text)
    {
        const string Name = "microbox_snapshot_age_seconds";
        TotalsRow totals = stats.Totals;
        text.Family(Name, "histogram", "Age of snapshots when NFs on other workers read them.");
        ulong sum = 0;
        for (int i = 0; i < AgeBounds.Length; i++)
        {
            sum += totals.SnapshotAges[i];
            text.Sample(Name + "_bucket", sum,
                ("le", AgeBounds[i].ToString("0.######", CultureInfo.InvariantCulture)));
        }
        text.Sample(Name + "_bucket", totals.SnapshotAgeCount, ("le", "+Inf"));
        text.Sample(Name + "_sum", totals.SnapshotAgeNs / NanosecondsPerSecond);
        text.Sample(Name + "_count", totals.SnapshotAgeCount);
    }

    private void WriteRevision(PrometheusText text)
    {
        text.Family("microbox_revision_info", "gauge", "The active revision of each chain.");
        string revision = configuration.ActiveRevision.ToString(CultureInfo.InvariantCulture);
        foreach (var chain in configuration.Active?.Document.Chains ?? [])
        {
            text.Sample("microbox_revision_info", 1, ("chain", chain.Id), ("revision", revision));
        }
        text.Family("microbox_dataplane_up", "gauge", "1 while the dataplane is connected.");
        text.Sample("microbox_dataplane_up", dataplane.Status.IsConnected ? 1 : 0);
    }
}
