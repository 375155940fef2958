using ControlApi.Contract.Live;
using ControlApi.Notices;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>Rates between two looks at the counters. A counter that went back counts as nothing.</summary>
public sealed class RateMaker(StatsSnapshot before, StatsSnapshot now, SpoolCatalog catalog)
{
    private const int NoLink = 255;
    private const int BitsPerByte = 8;
    private const double NanosecondsPerSecond = 1e9;

    private readonly double _seconds = Math.Max((now.Time - before.Time).TotalSeconds, 0.001);

    public RatesMessage Make() => new()
    {
        Time = now.Time,
        PacketsPerSecond = Rate(before.Totals.Packets, now.Totals.Packets),
        BitsPerSecond = Rate(before.Totals.Bytes, now.Totals.Bytes) * BitsPerByte,
        DropsPerSecond = Rate(Sum(before.Drops), Sum(now.Drops)),
        NoticesPerSecond = (now.Notices - before.Notices) / _seconds,
        AlertsPerSecond = (now.Alerts - before.Alerts) / _seconds,
        Flows = now.Totals.Flows,
        Ports = [.. now.Ports.Select(PortRateOf)],
        Workers = [.. now.Workers.Select(WorkerRateOf)],
        Nfs = [.. now.Nfs.Select(NfRateOf)],
        Events = EventRates(),
    };

    private static ulong Sum(IReadOnlyList<NamedCountRow> rows)
        => rows.Aggregate(0UL, (sum, r) => sum + r.Count);

    private double Rate(ulong earlier, ulong later) => later < earlier ? 0 : (later - earlier) / _seconds;

    private PortRate PortRateOf(PortRow row, int index)
    {
        string id = row.Id.ToString();
        PortRow old = index < before.Ports.Count && before.Ports[index].Id.ToString() == id
            ? before.Ports[index] : row;
        return new PortRate(id, Rate(old.ReceivedPackets, row.ReceivedPackets),
            Rate(old.ReceivedBytes, row.ReceivedBytes) * BitsPerByte, Rate(old.SentPackets, row.SentPackets),
            Rate(old.SentBytes, row.SentBytes) * BitsPerByte,
            Rate(old.ReceiveDrops + old.SendDrops, row.ReceiveDrops + row.SendDrops));
    }

    private WorkerRate WorkerRateOf(WorkerRow row, int index)
    {
        WorkerRow old = index < before.Workers.Count ? before.Workers[index] : row;
        double total = row.TotalNs > old.TotalNs ? row.TotalNs - old.TotalNs : 0;
        double busy = total == 0 || row.BusyNs < old.BusyNs
            ? 0 : Math.Min((row.BusyNs - old.BusyNs) / total, 1);
        return new WorkerRate(index, row.Core, busy, Rate(old.Packets, row.Packets), row.Flows);
    }

    private NfRate NfRateOf(NfRow row, int index)
    {
        string name = row.Name.ToString();
        NfRow old = index < before.Nfs.Count && before.Nfs[index].Name.ToString() == name
            ? before.Nfs[index] : row;
        return new NfRate(name, row.Chain.ToString(), Rate(old.EventsHandled, row.EventsHandled),
            Rate(old.Nanoseconds, row.Nanoseconds) / NanosecondsPerSecond,
            Rate(old.VerdictsDropPacket + old.VerdictsDropFlow + old.VerdictsRejectFlow,
                row.VerdictsDropPacket + row.VerdictsDropFlow + row.VerdictsRejectFlow),
            Rate(old.Faults, row.Faults), row.QueuePackets)
        {
            Running = row.State == 0,
            QueueHighWater = row.QueueHighWater,
            QueueMax = row.QueueMax,
            Shed = Rate(old.Shed, row.Shed),
            QueueWaits = Rate(old.QueueWaits, row.QueueWaits),
        };
    }

    private IReadOnlyList<EventRate> EventRates()
    {
        Dictionary<(ushort, ushort, byte), ulong> old = [];
        foreach (EventRow row in before.Events)
        {
            old[(row.Type, row.NfIndex, row.Link)] = row.Count;
        }
        return [.. now.Events.Select(row => new EventRate(
            catalog.Find(row.Type)?.Path ?? $"EVENT/UNKNOWN/{row.Type}",
            row.NfIndex == EventRow.NoNf || row.NfIndex >= now.Nfs.Count
                ? null : now.Nfs[row.NfIndex].Name.ToString(),
            row.Link == NoLink ? null : row.Link,
            Rate(old.GetValueOrDefault((row.Type, row.NfIndex, row.Link)), row.Count)))];
    }
}
