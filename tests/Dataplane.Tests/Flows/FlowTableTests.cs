using CsCheck;
using Dataplane.Flows;
using Dataplane.Packets;
using Xunit;

namespace Dataplane.Tests.Flows;

public sealed class FlowTableTests
{
    private static readonly FlowHash Hash = FlowHash.Fixed;

    [Fact]
    public void Finds_a_flow_from_either_end_and_says_which()
    {
        using var table = new FlowTable(16, Hash);
        FlowKey key = Key(1);
        uint slot = table.Create(in key, Hash.Of(in key));
        FlowKey back = Reversed(key);

        Assert.Equal(slot, table.Find(in key, Hash.Of(in key), FlowTable.None, out bool forward));
        Assert.True(forward);
        Assert.Equal(slot, table.Find(in back, Hash.Of(in back), FlowTable.None, out forward));
        Assert.False(forward);
    }

    [Fact]
    public void Behaves_like_a_dictionary_under_any_order_of_calls()
    {
        Gen.Select(Gen.Bool, Gen.UInt[0, 400]).List[1, 3000].Sample(
            calls =>
            {
                using var table = new FlowTable(512, Hash);
                var model = new Dictionary<uint, uint>();
                foreach ((bool add, uint id) in calls)
                {
                    Apply(table, model, add, id);
                }

                return table.Count == model.Count
                    && model.All(flow => Find(table, flow.Key) == flow.Value)
                    && Enumerable.Range(0, 401).All(id =>
                        model.ContainsKey((uint)id) || Find(table, (uint)id) == FlowTable.None);
            },
            iter: 200,
            threads: 1);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(200_000)]
    public void Takes_flows_until_its_last_slot_and_then_names_one_to_give_up(uint flowMax)
    {
        using var table = new FlowTable(flowMax, Hash);
        FlowKey key = default;
        for (uint i = 0; i < flowMax; i++)
        {
            key = Key(i);
            Assert.NotEqual(FlowTable.None, table.Create(in key, Hash.Of(in key)));
        }

        key = Key(flowMax);
        Assert.Equal(FlowTable.None, table.Create(in key, Hash.Of(in key)));
        uint victim = table.FindVictim(Hash.Of(in key), 2000);
        Assert.True(table[victim].InUse);
        table.Remove(victim);
        Assert.NotEqual(FlowTable.None, table.Create(in key, Hash.Of(in key)));
    }

    [Fact]
    public void Gives_a_reused_slot_another_generation()
    {
        using var table = new FlowTable(1, Hash);
        FlowKey key = Key(1);
        uint slot = table.Create(in key, Hash.Of(in key));
        uint generation = table[slot].Generation;
        table.Remove(slot);
        FlowKey other = Key(2);

        Assert.Equal(slot, table.Create(in other, Hash.Of(in other)));
        Assert.NotEqual(generation, table[slot].Generation);
    }

    [Fact]
    public void Refuses_to_remove_a_flow_twice()
    {
        using var table = new FlowTable(4, Hash);
        FlowKey key = Key(1);
        uint slot = table.Create(in key, Hash.Of(in key));
        table.Remove(slot);

        Assert.Throws<InvalidOperationException>(() => table.Remove(slot));
    }

    [Fact]
    public void Keys_that_differ_only_in_vlan_are_two_flows()
    {
        using var table = new FlowTable(4, Hash);
        FlowKey key = Key(1);
        FlowKey tagged = key with { Vlan = 5 };
        uint slot = table.Create(in key, Hash.Of(in key));

        Assert.Equal(FlowTable.None, table.Find(in tagged, Hash.Of(in tagged), slot, out _));
    }

    [Theory]
    [InlineData(0, 5, true)]
    [InlineData(5, 0, true)]
    [InlineData(5, 6, false)]
    public void The_other_direction_of_a_TCP_flow_is_found_when_just_one_of_both_is_tagged(
        ushort there, ushort back, bool isFound)
    {
        using var table = new FlowTable(4, Hash);
        FlowKey key = Key(1) with { Vlan = there };
        FlowKey answer = Reversed(key) with { Vlan = back };
        uint slot = table.Create(in key, Hash.Of(in key));
        table[slot].Count(Side.Client, 60);

        uint found = table.Find(in answer, Hash.Of(in answer), FlowTable.None, out bool forward);
        Assert.Equal(isFound ? slot : FlowTable.None, found);
        Assert.False(forward && isFound);

        // It stays found when it has sent something; the same direction under another tag is no part of it.
        table[slot].Count(Side.Server, 60);
        Assert.Equal(found, table.Find(in answer, Hash.Of(in answer), slot, out _));
        FlowKey copy = key with { Vlan = back };
        Assert.Equal(FlowTable.None, table.Find(in copy, Hash.Of(in copy), slot, out _));
    }

    [Fact]
    public void A_flow_with_both_directions_in_its_VLAN_takes_none_from_outside_it()
    {
        using var table = new FlowTable(4, Hash);
        FlowKey key = Key(1) with { Vlan = 5 };
        FlowKey answer = Reversed(key) with { Vlan = 0 };
        uint slot = table.Create(in key, Hash.Of(in key));
        table[slot].Count(Side.Client, 60);
        table[slot].Count(Side.Server, 60);

        Assert.Equal(FlowTable.None, table.Find(in answer, Hash.Of(in answer), slot, out _));
    }

    [Fact]
    public void Hash_is_equal_for_both_directions_and_depends_on_its_key()
    {
        Gen.Select(Gen.ULong, Gen.ULong, Gen.UShort, Gen.UShort).Sample((a, b, portA, portB) =>
        {
            var key = new FlowKey
            {
                AddressALow = a, AddressBLow = b, PortA = portA, PortB = portB, Protocol = IpProtocols.Tcp,
                IpVersion = 6,
            };
            FlowKey back = Reversed(key);
            return Hash.Of(in key) == Hash.Of(in back);
        });
        FlowKey fixedKey = Key(1);
        Assert.NotEqual(Hash.Of(in fixedKey), new FlowHash(3, 5).Of(in fixedKey));
    }

    private static void Apply(FlowTable table, Dictionary<uint, uint> model, bool add, uint id)
    {
        FlowKey key = Key(id);
        if (add && !model.ContainsKey(id))
        {
            model[id] = table.Create(in key, Hash.Of(in key));
        }
        else if (!add && model.Remove(id, out uint slot))
        {
            table.Remove(slot);
        }
    }

    private static uint Find(FlowTable table, uint id)
    {
        FlowKey key = Reversed(Key(id));
        return table.Find(in key, Hash.Of(in key), table.PrefetchFlow(Hash.Of(in key)), out _);
    }

    private static FlowKey Key(uint id) => new()
    {
        AddressALow = 0xFFFF_0000UL | ((ulong)id << 32),
        AddressBLow = 0xFFFF_0000UL | (0x0A00_0001UL << 32),
        PortA = (ushort)(1024 + id),
        PortB = 80,
        Protocol = IpProtocols.Tcp,
        IpVersion = 4,
    };

    private static FlowKey Reversed(FlowKey key) => key with
    {
        AddressAHigh = key.AddressBHigh,
        AddressALow = key.AddressBLow,
        AddressBHigh = key.AddressAHigh,
        AddressBLow = key.AddressALow,
        PortA = key.PortB,
        PortB = key.PortA,
    };
}
