using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;
using Testing;
using Testing.Lies;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>Profiles are what the planner believes: an NF that does more than its own says is found and
/// named, and no NF that is shipped does.</summary>
public sealed class LieDetectorTests : IDisposable
{
    private const uint FlowMax = 4_096;
    private readonly string _capture = Path.GetTempFileName();

    public LieDetectorTests()
    {
        IEnumerable<Frame> frames = LaneTests.Talk(1).Frames.Concat(LaneTests.Talk(2).Close().Frames);
        PcapFile.Write(_capture, frames);
    }

    [Theory]
    [InlineData(typeof(PayloadReader), "reads Payload")]
    [InlineData(typeof(AddressReader), "reads Mac")]
    [InlineData(typeof(SequenceReader), "reads Tcp")]
    [InlineData(typeof(PayloadWriter), "writes Payload")]
    [InlineData(typeof(PortWriter), "gives flows another identity")]
    [InlineData(typeof(SinglePacketDropper), "drops single packets")]
    [InlineData(typeof(FlowDropper), "drops flows")]
    [InlineData(typeof(Publisher), "publishes LongFlow")]
    [InlineData(typeof(RecordWriter), "writes records of")]
    [InlineData(typeof(SnapshotReader), "asks for a snapshot")]
    [InlineData(typeof(KeptReader), "copies kept bytes")]
    [InlineData(typeof(SecretSwitcher), "switches a subscription on that neither")]
    [InlineData(typeof(Returner), "switches a subscription on again")]
    [InlineData(typeof(TimerSetter), "cannot set timers")]
    public void An_NF_that_does_more_than_its_profile_says_is_named(Type kind, string lie)
    {
        IReadOnlyList<string> lies = new LieDetector(kind).Examine(_capture);
        string found = Assert.Single(lies);
        Assert.StartsWith(NfManifest.Of(kind).Kind + " ", found, StringComparison.Ordinal);
        Assert.Contains(lie, found, StringComparison.Ordinal);
    }

    [Fact]
    public void An_NF_that_keeps_to_its_profile_is_believed() =>
        Assert.Empty(new LieDetector(typeof(Honest)).Examine(_capture));

    [Theory]
    [InlineData(typeof(Dpi), "{}")]
    [InlineData(typeof(FlowStats), "{}")]
    [InlineData(typeof(FlowThresholds), "{}")]
    [InlineData(typeof(Logger), "{}")]
    [InlineData(typeof(TcpAccounting), """{"streamHashes":true}""")]
    [InlineData(typeof(SignatureMatch), """{"ruleSet":"r"}""")]
    public void No_NF_that_is_shipped_lies(Type kind, string options)
    {
        string folder = Directory.CreateTempSubdirectory("lies-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "r.rules"), """
                drop tcp any any -> any any (msg:"get"; content:"GET /2"; sid:1;)
                alert tcp any any -> any any (msg:"answer"; content:"404"; sid:2;)
                """);
            var document = DocumentReader.Read(
                Encoding.UTF8.GetBytes("""{"ruleSets":[{"id":"r","files":["r.rules"]}]}"""), out _);
            using RuleSets rules = RuleSets.Load(document!, folder, new Dictionary<string, string>(), []);
            var made = new List<WorkerResources>();
            var detector = new LieDetector(kind, options, """[{"id":"r"}]""", () =>
            {
                made.Add(new WorkerResources(rules, FlowMax));
                return made[^1];
            });
            IReadOnlyList<string> lies = detector.Examine(_capture);
            made.ForEach(resources => resources.Dispose());
            Assert.Empty(lies);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => File.Delete(_capture);

    [NetworkFunction("honest", PacketAccess.Gate)]
    [Profile(Reads = PacketFields.Payload, Drops = DropForm.Packet, ReadsSnapshots = true)]
    private sealed class Honest : INetworkFunction, IHandle<TcpPacket>, IPublish<LongFlow>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            if (context.Packet.Payload.Span.IndexOf("404"u8) < 0)
            {
                return Verdict.Pass;
            }

            context.Publish(default(LongFlow));
            return Verdict.DropPacket;
        }
    }

    [NetworkFunction("payload-reader", PacketAccess.Read)]
    [Profile(Reads = PacketFields.Ports)]
    private sealed class PayloadReader : INetworkFunction, IHandle<TcpPacket>, IPublish<LongFlow>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            if (context.Packet.Payload.Span.IndexOf((byte)0x11) >= 0)
            {
                context.Publish(default(LongFlow));
            }

            return Verdict.Pass;
        }
    }

    [NetworkFunction("address-reader", PacketAccess.Gate)]
    [Profile(Reads = PacketFields.Ip, Drops = DropForm.Flow)]
    private sealed class AddressReader : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) =>
            context.Packet.Frame.Span[0] == 0x11 ? Verdict.DropFlow : Verdict.Pass;
    }

    [NetworkFunction("sequence-reader", PacketAccess.Read)]
    [Profile(Reads = PacketFields.Payload)]
    private sealed class SequenceReader : INetworkFunction, IHandle<TcpPacket>, IPublish<Probe>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Publish(new Probe(default, context.Packet.Sequence));
            return Verdict.Pass;
        }
    }

    [NetworkFunction("payload-writer", PacketAccess.Modify)]
    [Profile(Writes = PacketFields.Mac)]
    private sealed class PayloadWriter : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            if (context.Packet.PayloadLength > 0)
            {
                context.Packet.Payload.Span[0] ^= 1;
            }

            return Verdict.Modified;
        }
    }

    [NetworkFunction("port-writer", PacketAccess.Modify)]
    [Profile(Writes = PacketFields.Ports)]
    private sealed class PortWriter : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Packet.Frame.Span[context.Packet.L4Offset] ^= 1;
            return Verdict.Modified;
        }
    }

    [NetworkFunction("single-packet-dropper", PacketAccess.Gate)]
    [Profile(Drops = DropForm.Flow)]
    [Subscribes("data", typeof(AppEvent), typeof(TcpPacket))]
    private sealed class SinglePacketDropper : INetworkFunction, IHandle<TcpPacket>, IHandle<AppEvent>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.DropPacket;

        public Verdict Handle(in Event<AppEvent> e, NfContext context) => Verdict.Pass;
    }

    [NetworkFunction("flow-dropper", PacketAccess.Read)]
    private sealed class FlowDropper : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.DropFlow;
    }

    [NetworkFunction("publisher", PacketAccess.Read)]
    private sealed class Publisher : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Publish(default(LongFlow));
            return Verdict.Pass;
        }
    }

    private readonly record struct Line(uint Number) : IRecord
    {
        public static RecordStream Stream => RecordStream.EveEvent;
    }

    [NetworkFunction("record-writer", PacketAccess.Read)]
    private sealed class RecordWriter : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Write(new Line(1));
            return Verdict.Pass;
        }
    }

    [NetworkFunction("snapshot-reader", PacketAccess.Read)]
    private sealed class SnapshotReader : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            _ = context.Snapshot(Side.Client);
            return Verdict.Pass;
        }
    }

    [NetworkFunction("kept-reader", PacketAccess.Read)]
    private sealed class KeptReader : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            Span<byte> target = stackalloc byte[4];
            _ = context.CopyKept(Side.Client, 0, 4, target);
            return Verdict.Pass;
        }
    }

    [NetworkFunction("secret-switcher", PacketAccess.Read)]
    [Subscribes("packets", typeof(TcpPacket))]
    [Subscribes("data", typeof(DataReady))]
    private sealed class SecretSwitcher : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Subscribe("data");
            return Verdict.Pass;
        }

        public Verdict Handle(in Event<DataReady> e, NfContext context) => Verdict.Pass;
    }

    [NetworkFunction("returner", PacketAccess.Read)]
    [Profile(ComesBack = false, SwitchesOn = ["data"])]
    [Subscribes("packets", typeof(TcpPacket))]
    [Subscribes("data", typeof(DataReady))]
    private sealed class Returner : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            context.Unsubscribe("data");
            context.Subscribe("data");
            return Verdict.Pass;
        }

        public Verdict Handle(in Event<DataReady> e, NfContext context) => Verdict.Pass;
    }

    [NetworkFunction("timer-setter", PacketAccess.Read)]
    private sealed class TimerSetter : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            _ = context.SetTimer(TimeSpan.FromSeconds(1), 1);
            return Verdict.Pass;
        }
    }
}
