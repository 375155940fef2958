using System.Diagnostics;
using Dataplane.Contract.Configuration;
using Dataplane.Native.Memory;
using Dataplane.Native.Threads;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Where on a bad wire somebody listens.</summary>
public enum WirePlace
{
    /// <summary>He hears what was sent, lost or not.</summary>
    BeforeFaults,

    /// <summary>He hears what arrives.</summary>
    BehindFaults,
}

/// <summary>A wire between two namespaces that loses, repeats and reorders TCP segments by a seed, and keeps
/// what passed in both directions.</summary>
/// <remarks>A thread in the appliance's namespace; the ends are kernels.</remarks>
internal sealed class BadWire : IDisposable
{
    private const double Loss = 0.03, Repeats = 0.03, Reordering = 0.08;
    private const int HeldMax = 8, IdleTurnsMax = 20, EthernetBytes = 14, ProtocolAt = 23;
    private const byte Tcp = 6;
    private const long EpochNs = 1_700_000_000_000_000_000;
    private readonly Namespaces _namespaces;
    private readonly WirePlace _place;
    private readonly Random _random;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ready = new();
    private readonly NativeArray<byte> _copy = new(2048);
    private readonly List<Frame> _heard = [];
    private readonly List<(byte[] Bytes, IPort To, int After)> _held = [];
    private Exception? _fault;
    private volatile bool _stop;

    public BadWire(Namespaces namespaces, WirePlace place, int seed)
    {
        (_namespaces, _place, _random) = (namespaces, place, new Random(seed));
        _thread = new Thread(() => _fault = Record.Exception(Run));
        _thread.Start();
        _ready.Wait(TestContext.Current.CancellationToken);
        Assert.Null(_fault);
    }

    /// <summary>Segments lost, repeated, reordered so far.</summary>
    public int FaultCount { get; private set; }

    /// <summary>Stops, and answers what was heard.</summary>
    public IReadOnlyList<Frame> Stop()
    {
        _stop = true;
        _thread.Join();
        Assert.Null(_fault);
        return _heard;
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _ready.Dispose();
        _copy.Dispose();
    }

    private void Run()
    {
        try
        {
            Carry();
        }
        finally
        {
            _ready.Set();
        }
    }

    private void Carry()
    {
        Assert.True(NetworkNamespace.TryEnter(_namespaces.Appliance, out string error), error);
        using PortFactory factory = new(new PortFactory.Options
        {
            FilePrefix = $"tests-{Environment.ProcessId}",
            DemoFolder = "",
            BufferCount = 8191,
            MemoryMebibytes = 128,
        });
        LiveClock clock = new();
        using IPort wan = Open(factory, Namespaces.Wan, 0, clock);
        using IPort lan = Open(factory, Namespaces.Lan, 1, clock);
        _ready.Set();
        PacketBurst burst = new();
        int idle = 0;
        while (!_stop)
        {
            clock.BeginBurst();
            bool isIdle = Carry(wan, lan, burst) + Carry(lan, wan, burst) == 0;
            idle = isIdle ? idle + 1 : 0;
            if (isIdle)
            {
                ShortSleep.ForMicroseconds(50);
            }
            if (idle > IdleTurnsMax)
            {
                Release(_held.Count);
            }
            wan.Flush();
            lan.Flush();
        }
    }

    private static IPort Open(PortFactory factory, string name, int index, Clock clock)
    {
        PortDefinition definition = new() { Id = name, Device = $"af_packet:{name}" };
        OpenedPort? opened = factory.Open(definition, index, "", [clock], out ConfigFault? fault);
        Assert.Null(fault);
        return opened!.Queues[0];
    }

    private int Carry(IPort from, IPort to, PacketBurst burst)
    {
        int count = from.Receive(burst, 32);
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = burst[i].Frame.Span.ToArray();
            from.Free(ref burst[i]);
            Pass(bytes, to);
        }
        return count;
    }

    private void Pass(byte[] bytes, IPort to)
    {
        if (bytes.Length <= EthernetBytes + 20 || bytes[ProtocolAt] != Tcp)
        {
            Send(bytes, to);
            return;
        }
        if (_place == WirePlace.BeforeFaults)
        {
            Hear(bytes);
        }
        double chance = _random.NextDouble();
        FaultCount += chance < Loss + Repeats + Reordering ? 1 : 0;
        if (chance < Loss)
        {
            return;
        }
        if (chance < Loss + Reordering && _held.Count < HeldMax)
        {
            _held.Add((bytes, to, _random.Next(1, HeldMax)));
            return;
        }
        Arrive(bytes, to);
        if (chance > 1 - Repeats)
        {
            Arrive(bytes, to);
        }
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            _held[i] = _held[i] with { After = _held[i].After - 1 };
        }
        Release(_held.Count(one => one.After <= 0));
    }

    private void Release(int most)
    {
        foreach ((byte[] bytes, IPort to, _) in _held.OrderBy(one => one.After).Take(most).ToArray())
        {
            Arrive(bytes, to);
        }
        (byte[], IPort, int)[] left = [.. _held.OrderBy(one => one.After).Skip(most)];
        _held.Clear();
        _held.AddRange(left);
    }

    private void Arrive(byte[] bytes, IPort to)
    {
        if (_place == WirePlace.BehindFaults)
        {
            Hear(bytes);
        }
        Send(bytes, to);
    }

    private void Send(byte[] bytes, IPort to)
    {
        bytes.CopyTo(_copy.AsSpan(0, (uint)bytes.Length));
        to.SendCopy(_copy.Bytes(0, (uint)bytes.Length));
    }

    private void Hear(byte[] bytes) => _heard.Add(new Frame(
        EpochNs + (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds, bytes));
}
