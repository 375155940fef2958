using CsCheck;
using Dataplane.Flows;
using Xunit;

namespace Dataplane.Tests.Flows;

public sealed class FlowAgingTests
{
    private static readonly FlowTimeouts Timeouts = new()
    {
        TcpHandshakeSeconds = 5, TcpEstablishedSeconds = 100, TcpClosedSeconds = 2, DatagramSeconds = 20,
        OtherSeconds = 7,
    };

    [Fact]
    public void Ends_each_flow_once_and_no_sooner_than_its_timeout_whatever_the_traffic()
    {
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 4], Gen.UInt[0, 3000]).List[1, 300].Sample(
            steps => Run(0, steps), iter: 300, threads: 1);
    }

    [Fact]
    public void Goes_on_where_the_milliseconds_of_flows_come_round_after_49_days()
    {
        Gen.Select(
            Gen.UInt[uint.MaxValue - 400_000, uint.MaxValue],
            Gen.Select(Gen.Int[0, 30], Gen.Int[0, 4], Gen.UInt[0, 3000]).List[1, 300]).Sample(
            (start, steps) => Run(start, steps), iter: 300, threads: 1);
    }

    [Fact]
    public void Makes_a_closed_connection_leave_sooner()
    {
        using var table = new FlowTable(4, FlowHash.Fixed);
        using var aging = new FlowAging(table, Timeouts, 0);
        uint slot = Create(table, 1, AgeClass.TcpEstablished, 0);
        aging.Add(slot);
        aging.Reclassify(slot, AgeClass.TcpClosed);

        int work = 100;
        Assert.Equal(FlowTable.None, aging.NextExpired(1_900, ref work));
        Assert.Equal(slot, aging.NextExpired(4_000, ref work));
    }

    [Fact]
    public void Looks_at_no_more_flows_than_it_may()
    {
        using var table = new FlowTable(100, FlowHash.Fixed);
        using var aging = new FlowAging(table, Timeouts, 0);
        for (uint i = 0; i < 100; i++)
        {
            uint slot = Create(table, i, AgeClass.Other, 0);
            aging.Add(slot);
            table[slot].LastSeenMs = 9_000;
        }

        int work = 10;
        Assert.Equal(FlowTable.None, aging.NextExpired(9_500, ref work));
        Assert.Equal(0, work);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(3_600)]
    [InlineData(30 * 86_400)]
    public void A_clock_set_forward_ends_idle_flows_at_once_and_new_ones_age_as_ever(uint seconds)
    {
        using var table = new FlowTable(4, FlowHash.Fixed);
        using var aging = new FlowAging(table, Timeouts, 1_000);
        aging.Add(Create(table, 1, AgeClass.Datagram, 1_000));
        uint now = unchecked(1_000 + (seconds * 1_000) + 1_500);
        int work = 100;
        uint slot = aging.NextExpired(now, ref work);
        Assert.NotEqual(FlowTable.None, slot);
        aging.Remove(slot);
        table.Remove(slot);

        uint next = Create(table, 2, AgeClass.Datagram, now);
        aging.Add(next);
        Assert.Equal(FlowTable.None, aging.NextExpired(now + 19_000, ref work));
        Assert.Equal(next, aging.NextExpired(now + 22_000, ref work));
    }

    private static bool Run(uint startMs, List<(int Flow, int Class, uint StepMs)> steps)
    {
        using var table = new FlowTable(64, FlowHash.Fixed);
        using var aging = new FlowAging(table, Timeouts, startMs);
        var slots = new Dictionary<int, uint>();
        uint now = startMs;
        foreach ((int flow, int ageClass, uint stepMs) in steps)
        {
            now += stepMs;
            if (!Expire(table, aging, slots, now))
            {
                return false;
            }

            if (slots.TryGetValue(flow, out uint slot))
            {
                table[slot].LastSeenMs = now;
                aging.Reclassify(slot, (AgeClass)ageClass);
            }
            else
            {
                slots[flow] = Create(table, (uint)flow, (AgeClass)ageClass, now);
                aging.Add(slots[flow]);
            }
        }

        return Expire(table, aging, slots, now + 200_000) && slots.Count == 0 && table.Count == 0;
    }

    private static bool Expire(FlowTable table, FlowAging aging, Dictionary<int, uint> slots, uint now)
    {
        int work = 10_000;
        uint slot;
        while ((slot = aging.NextExpired(now, ref work)) != FlowTable.None)
        {
            uint timeout = Timeouts.SecondsOf((AgeClass)table[slot].AgeClass) * 1000;
            if (now - table[slot].LastSeenMs < timeout)
            {
                return false;
            }

            aging.Remove(slot);
            table.Remove(slot);
            slots.Remove(slots.Single(s => s.Value == slot).Key);
        }

        return work > 0;
    }

    private static uint Create(FlowTable table, uint id, AgeClass ageClass, uint now)
    {
        var key = new FlowKey { AddressALow = id, PortA = (ushort)id, Protocol = 6, IpVersion = 4 };
        uint slot = table.Create(in key, FlowHash.Fixed.Of(in key));
        table[slot].AgeClass = (byte)ageClass;
        table[slot].LastSeenMs = now;
        return slot;
    }
}
