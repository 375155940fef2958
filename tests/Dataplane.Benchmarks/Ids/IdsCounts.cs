using System.Globalization;
using Dataplane.Chains;
using Dataplane.Counters;
using Dataplane.Events;

namespace Dataplane.Benchmarks.Ids;

/// <summary>What one run over a set counted: the list that keeps a figure honest.</summary>
public sealed record IdsCounts
{
    public required long Packets { get; init; }

    public required long Built { get; init; }

    /// <summary>Packet events delivered, both NFs together.</summary>
    public required long PacketEvents { get; init; }

    /// <summary>Packet events built: one for both NFs.</summary>
    public required long PacketEventsBuilt { get; init; }

    public required long DataEvents { get; init; }

    public required long Detections { get; init; }

    /// <summary>Packets that nDPI looked at, and scans and bytes of vectorscan.</summary>
    public required long Fed { get; init; }

    public required long Scans { get; init; }

    public required long ScannedBytes { get; init; }

    public required long Clean { get; init; }

    /// <summary>Packets of TCP flows by depth.</summary>
    public required long[] ByDepth { get; init; }

    public required string Drops { get; init; }

    public required IReadOnlyList<(int Flow, uint Sid)> Alerts { get; init; }

    /// <summary>Runs a subject once and counts.</summary>
    public static IdsCounts Of(ChainSubject subject)
    {
        IdsCounts before = Now(subject, 0);
        subject.Alerts.Forget();
        IdsCounts after = Now(subject, subject.Run());
        return after with
        {
            Built = after.Built - before.Built,
            PacketEvents = after.PacketEvents - before.PacketEvents,
            PacketEventsBuilt = after.PacketEventsBuilt - before.PacketEventsBuilt,
            DataEvents = after.DataEvents - before.DataEvents,
            Detections = after.Detections - before.Detections,
            Fed = after.Fed - before.Fed,
            Scans = after.Scans - before.Scans,
            ScannedBytes = after.ScannedBytes - before.ScannedBytes,
            Clean = after.Clean - before.Clean,
            ByDepth = [.. after.ByDepth.Zip(before.ByDepth, (a, b) => a - b)],
        };
    }

    /// <summary>The list in a line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"a packet: {PerPacket(Built):0.000} events built, {PerPacket(PacketEvents):0.000} PKT, "
        + $"{PerPacket(DataEvents):0.000} DATA_RDY, {PerPacket(Detections):0.000} DPI events delivered; "
        + $"nDPI fed {Fed}, {ScannedBytes} bytes in {Scans} scans, {Clean} flows clean; "
        + $"{Alerts.Count} alerts; drops {Drops}");

    private double PerPacket(long count) => (double)count / Packets;

    private static IdsCounts Now(ChainSubject subject, long packets)
    {
        INetworkFunction[] all = subject.Parts.Runner.Chains[0].Functions;
        int functions = all.Length;
        BenchDpi? dpi = all.OfType<BenchDpi>().FirstOrDefault();
        BenchSignature? ids = all.OfType<BenchSignature>().FirstOrDefault();
        ReadOnlySpan<ulong> built = subject.Parts.Bus.BuiltByType;
        long sum = 0;
        foreach (ulong count in built)
        {
            sum += (long)count;
        }

        return new IdsCounts
        {
            Packets = packets,
            Built = sum,
            PacketEvents = Enumerable.Range(0, functions).Sum(subject.DeliveredTo<TcpPacket>),
            PacketEventsBuilt = subject.Built<TcpPacket>(),
            DataEvents = Enumerable.Range(0, functions).Sum(subject.DeliveredTo<DataReady>),
            Detections = Enumerable.Range(0, functions).Sum(subject.DeliveredTo<DpiEvent>),
            Fed = dpi?.FedCount ?? 0,
            Scans = ids?.ScanCount ?? 0,
            ScannedBytes = ids?.ScannedBytes ?? 0,
            Clean = ids?.CleanCount ?? 0,
            ByDepth = [.. subject.Parts.Counters.DepthPackets.ToArray().Select(count => (long)count)],
            Drops = DropsOf(subject.Parts.Counters),
            Alerts = [.. subject.Alerts.Alerts.ToArray().Order()],
        };
    }

    private static string DropsOf(CounterBlock counters)
    {
        var causes = new List<string>();
        for (int i = 0; i < counters.Drops.Length; i++)
        {
            if (counters.Drops[i] != 0)
            {
                causes.Add($"{(DropReason)i} {counters.Drops[i]}");
            }
        }

        return causes.Count == 0 ? "none" : string.Join(", ", causes);
    }
}
