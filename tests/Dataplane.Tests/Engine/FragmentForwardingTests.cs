using Dataplane.Chains;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Engine;

public sealed class FragmentForwardingTests
{
    [Fact]
    public void Fragments_leave_as_the_frames_they_came_in()
    {
        var clock = new VirtualClock();
        (LoopbackPort wan, LoopbackPort client) = LoopbackPort.Pair("wan", "client", 0, clock);
        (LoopbackPort lan, LoopbackPort server) = LoopbackPort.Pair("lan", "server", 2, clock);
        var settings = new WorkerSettings { FlowMax = 64, Clock = clock, Hash = FlowHash.Fixed };
        using WorkerParts parts = new(settings, new CollectedNotices(), new CollectedRecords());
        parts.Runner.Use([new ChainInstance(Chain.Unmatched(0), 64, new NoResources())]);
        Worker worker = parts.WorkerOver([new PortPair(wan, lan)]);
        byte[][] frames = [.. PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1000, 2000)
            .Payload(new byte[900]).BuildFragments(304)];

        foreach (byte[] frame in frames)
        {
            Assert.True(client.TrySend(frame));
        }
        worker.RunOnce();

        Assert.All(frames, frame => Assert.Equal(frame, server.TakeFrame()));
        Assert.Null(server.TakeFrame());
        Assert.Equal(1u, parts.Flows.Count);
        Assert.Equal((ulong)frames.Sum(frame => frame.Length), parts.Counters.Bytes);
        wan.Dispose();
        client.Dispose();
        lan.Dispose();
        server.Dispose();
    }

    private sealed class NoResources : INfResources
    {
        public object? Find(Type type, string name) => null;
    }
}
