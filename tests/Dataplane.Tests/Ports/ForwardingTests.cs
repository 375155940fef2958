using Dataplane.Contract.Configuration;
using Dataplane.Native.Threads;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Ports;

/// <summary>Two ports carried over by hand: what the worker does, without anything in between.</summary>
public sealed class ForwardingTests
{
    private const int SecondsMax = 20;

    [Theory]
    [InlineData("af_packet")]
    [InlineData("af_xdp")]
    public void Curl_fetches_from_nginx_through_two_ports_forwarded_by_hand(string kind)
    {
        using Namespaces namespaces = Namespaces.Create();
        byte[] big = new byte[3_000_000];
        new Random(1).NextBytes(big);
        namespaces.StartNginx(new Dictionary<string, byte[]>
        {
            ["index.html"] = "hello"u8.ToArray(),
            ["big"] = big,
        });
        string copy = namespaces.FilePath("copy");

        using (Forwarder forwarder = new(namespaces.Appliance, kind))
        {
            Assert.Equal("hello", namespaces.Curl("/index.html", SecondsMax).Output);

            CommandResult fetched = namespaces.Curl("/big", SecondsMax, "--output", copy);
            Assert.Equal(new CommandResult(0, ""), fetched);
            Assert.Equal(big, File.ReadAllBytes(copy));

            PortCounters wan = forwarder.Wan.Counters;
            Assert.True(wan.ReceivedPackets > 10, "requests came in by wan");
            Assert.True(wan.SentBytes > (ulong)big.Length, "the file went out by wan");
            Assert.Equal(0ul, wan.ReceiveDrops);
            Assert.Empty(forwarder.Warnings);
            Assert.Equal([true, true], forwarder.AreUp);
        }
        Assert.NotEqual(0, namespaces.Curl("/index.html", 1).ExitCode);
    }

    [Fact]
    public void Offloads_are_reported_with_the_command_that_ends_them()
    {
        using Namespaces namespaces = Namespaces.Create();
        Namespaces.Run(namespaces.Appliance, "ethtool", "-K", "wan", "gro", "on", "tso", "on");
        Namespaces.Run(namespaces.Appliance, "ip", "link", "set", "dev", "lan", "down");

        using Forwarder forwarder = new(namespaces.Appliance, "af_packet");

        Assert.Equal([true, false], forwarder.AreUp);
        Assert.Collection(
            forwarder.Warnings,
            warning => Assert.Contains("ethtool -K wan gro off", warning, StringComparison.Ordinal),
            warning => Assert.Contains("ip link set dev lan up", warning, StringComparison.Ordinal));
    }

    /// <summary>
    /// A thread in the appliance's namespace that receives on each port and sends on the other.
    /// </summary>
    private sealed class Forwarder : IDisposable
    {
        private readonly Thread _thread;
        private readonly ManualResetEventSlim _ready = new();
        private readonly string _name;
        private readonly string _kind;
        private OpenedPort? _wan;
        private OpenedPort? _lan;
        private Exception? _fault;
        private volatile bool _stop;

        public Forwarder(string name, string kind)
        {
            (_name, _kind) = (name, kind);
            _thread = new Thread(() => _fault = Record.Exception(Run));
            _thread.Start();
            _ready.Wait(TestContext.Current.CancellationToken);
            Assert.Null(_fault);
        }

        public IPort Wan => _wan!.Queues[0];

        /// <summary>As of the moment when both were open, read in the appliance's namespace.</summary>
        public IReadOnlyList<string> Warnings { get; private set; } = [];

        public IReadOnlyList<bool> AreUp { get; private set; } = [];

        public void Dispose()
        {
            _stop = true;
            _thread.Join();
            _ready.Dispose();
            Assert.Null(_fault);
        }

        private void Run()
        {
            try
            {
                Forward();
            }
            finally
            {
                _ready.Set();
            }
        }

        private void Forward()
        {
            Assert.True(NetworkNamespace.TryEnter(_name, out string error), error);
            using PortFactory factory = new(new PortFactory.Options
            {
                FilePrefix = $"tests-{Environment.ProcessId}",
                DemoFolder = "",
                BufferCount = 8191,
                MemoryMebibytes = 128,
            });
            LiveClock clock = new();
            _wan = Open(factory, "wan", 0, clock);
            _lan = Open(factory, "lan", 1, clock);
            using IPort wan = _wan.Queues[0];
            using IPort lan = _lan.Queues[0];
            PortState[] states = [_wan.ReadState(), _lan.ReadState()];
            Warnings = [.. states.SelectMany(state => state.Warnings)];
            AreUp = [.. states.Select(state => state.IsUp)];
            _ready.Set();
            PacketBurst burst = new();
            while (!_stop)
            {
                clock.BeginBurst();
                if (Carry(wan, lan, burst) + Carry(lan, wan, burst) == 0)
                {
                    ShortSleep.ForMicroseconds(50);
                }
            }
        }

        private OpenedPort Open(PortFactory factory, string name, int index, Clock clock)
        {
            PortDefinition definition = new() { Id = name, Device = $"{_kind}:{name}" };
            OpenedPort? opened = factory.Open(definition, index, "", [clock], out ConfigFault? fault);
            Assert.Null(fault);
            return opened!;
        }

        private static int Carry(IPort from, IPort to, PacketBurst burst)
        {
            int count = from.Receive(burst, 32);
            for (int i = 0; i < count; i++)
            {
                Assert.True(to.Send(ref burst[i]));
            }
            to.Flush();
            return count;
        }
    }
}
