using System.Buffers.Binary;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Time;

namespace Dataplane.Tests.Ports;

public sealed class FaultyPortTests
{
    private const int PacketCount = 400;

    [Fact]
    public void Without_faults_nothing_changes() =>
        Assert.Equal(Enumerable.Range(0, PacketCount), Play(new FaultyPort.Options(), 32, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(64)]
    public void Reordering_loses_and_repeats_nothing_in_bursts_of_any_size(int most)
    {
        FaultyPort.Options options = new() { Seed = 5, Reordering = 0.2 };
        List<int> delivered = Play(options, most, out FaultyPort port);

        Assert.NotEqual(Enumerable.Range(0, PacketCount), delivered);
        Assert.Equal(Enumerable.Range(0, PacketCount), delivered.Order());
        Assert.InRange(port.ReorderedCount, 20ul, 160ul);
    }

    [Fact]
    public void Lost_packets_are_freed_and_counted()
    {
        List<int> delivered = Play(new FaultyPort.Options { Seed = 6, Loss = 0.3 }, 32, out FaultyPort port);

        Assert.Equal(PacketCount, delivered.Count + (int)port.LostCount);
        Assert.InRange(port.LostCount, 60ul, 180ul);
        Assert.Equal(port.LostCount, port.Counters.ReceiveDrops);
    }

    [Fact]
    public void Corruption_turns_over_one_bit()
    {
        Play(new FaultyPort.Options { Seed = 7, Corruption = 1 }, 32, out FaultyPort port);

        Assert.Equal((ulong)PacketCount, port.CorruptedCount);
    }

    [Fact]
    public void One_seed_always_makes_the_same_faults()
    {
        FaultyPort.Options options = new() { Seed = 8, Loss = 0.1, Reordering = 0.1 };

        Assert.Equal(Play(options, 32, out _), Play(options, 32, out _));
        Assert.NotEqual(Play(options, 32, out _), Play(options with { Seed = 9 }, 32, out _));
    }

    private static List<int> Play(FaultyPort.Options options, int most, out FaultyPort port)
    {
        (LoopbackPort near, LoopbackPort far) = LoopbackPort.Pair("near", "far", 0, new VirtualClock());
        using (far)
        using (port = new FaultyPort(near, options))
        {
            byte[] frame = new byte[60];
            for (int i = 0; i < PacketCount; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(frame, i);
                Assert.True(far.TrySend(frame));
            }
            List<int> delivered = [];
            PacketBurst burst = new();
            while (port.Receive(burst, most) > 0)
            {
                Assert.InRange(burst.Count, 1, most);
                for (int i = 0; i < burst.Count; i++)
                {
                    delivered.Add(BinaryPrimitives.ReadInt32LittleEndian(burst[i].Frame.Span));
                    port.Free(ref burst[i]);
                }
            }
            Assert.Equal(512u, near.FreeBufferCount);
            return delivered;
        }
    }
}
