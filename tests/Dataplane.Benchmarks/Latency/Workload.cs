using Dataplane.Events;

namespace Dataplane.Benchmarks.Latency;

/// <summary>What each NF of figure 8 does with a packet: some work, and a note of when it was done.</summary>
public sealed class Workload(int rounds, int row, FinishLog log)
{
    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public uint Packets;
        public uint Bytes;
        public ulong Sum;
    }

    /// <summary>Packets worked on, and what came out: equal for equal input wherever it runs.</summary>
    public long Count { get; private set; }

    public ulong Sum { get; private set; }

    /// <summary>Some work that depends on all work before it: about a nanosecond a round.</summary>
    public static ulong Work(ulong seed, int rounds)
    {
        ulong value = seed | 1;
        for (int i = 0; i < rounds; i++)
        {
            value = (value * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        }

        return value;
    }

    /// <summary>Works on a packet.</summary>
    public void Take(in Event<TcpPacket> e, ref State state)
    {
        state.Packets++;
        state.Bytes += e.Body.Packet.Length;
        state.Sum = Work(state.Sum ^ e.Body.Sequence, rounds);
        Count++;
        Sum += state.Sum;
    }

    /// <summary>Says that the packet is done with.</summary>
    public void Finish(in Event<TcpPacket> e) => log.Finished(row, e.Record.PacketRef);
}
