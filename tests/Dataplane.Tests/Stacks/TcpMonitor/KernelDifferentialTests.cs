using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Dataplane.Events;
using Dataplane.Native.Threads;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>RB-28: two kernels talk over a bad wire; what each of them delivered is what the monitor on that
/// wire puts together, byte for byte.</summary>
public sealed class KernelDifferentialTests
{
    private const int ServerPort = 4711, ClientPort = 41_000, SourcePortAt = 34;

    [Theory]
    [InlineData(WirePlace.BeforeFaults, 1)]
    [InlineData(WirePlace.BehindFaults, 2)]
    public void What_kernels_deliver_over_a_bad_wire_the_monitor_puts_together(WirePlace place, int seed) =>
        Compare(place, seed, connections: 6, bytesMax: 60_000);

    [Theory]
    [Trait("tier", "long")]
    [InlineData(WirePlace.BeforeFaults, 11)]
    [InlineData(WirePlace.BehindFaults, 12)]
    [InlineData(WirePlace.BehindFaults, 13)]
    public void So_it_does_for_many_connections(WirePlace place, int seed) =>
        Compare(place, seed, connections: 150, bytesMax: 400_000);

    private static void Compare(WirePlace place, int seed, int connections, int bytesMax)
    {
        using Namespaces namespaces = Namespaces.Create();
        using BadWire wire = new(namespaces, place, seed);
        using Socket listener = In(namespaces.Server, () =>
        {
            Socket made = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(IPAddress.Parse(Namespaces.ServerAddress), ServerPort));
            made.Listen(connections);
            return made;
        });
        Random random = new(seed);
        Talk[] talks =
            [.. Enumerable.Range(0, connections).Select(i => new Talk(i, random.Next(), bytesMax))];
        Task[] served = [.. talks.Select(_ => Task.Factory.StartNew(
            () => Serve(listener.Accept(), talks), TaskCreationOptions.LongRunning))];
        Task[] asked = [.. talks.Select(talk => Task.Factory.StartNew(
            () => Ask(namespaces.Client, talk), TaskCreationOptions.LongRunning))];
        Task.WaitAll([.. served, .. asked], TestContext.Current.CancellationToken);

        ILookup<int, Frame> frames = wire.Stop().ToLookup(PortOf);
        Assert.True(wire.FaultCount > connections, $"The wire was too good: {wire.FaultCount} faults.");
        foreach (Talk talk in talks)
        {
            Assert.Equal(talk.Asked, talk.AskedAndRead);
            Assert.Equal(talk.Answered, talk.AnsweredAndRead);
            using StackBench bench = new(tcp: new TcpSettings { IsStrict = true });
            bench.Play(frames[ClientPort + talk.Number]);
            Assert.Empty(bench.GapsOf(Side.Client));
            Assert.Empty(bench.GapsOf(Side.Server));
            Assert.Equal(talk.AskedAndRead, bench.BytesOf(Side.Client));
            Assert.Equal(talk.AnsweredAndRead, bench.BytesOf(Side.Server));
            Assert.Equal(2, bench.Of<DataEnd>().Count());
        }
    }

    private static void Serve(Socket socket, Talk[] talks)
    {
        using (socket)
        {
            Talk talk = talks[((IPEndPoint)socket.RemoteEndPoint!).Port - ClientPort];
            talk.AskedAndRead = Exchange(socket, talk.Answered, talk.Seed + 1);
        }
    }

    private static void Ask(string name, Talk talk)
    {
        using Socket socket = In(name, () =>
        {
            Socket made = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(IPAddress.Parse(Namespaces.ClientAddress), ClientPort + talk.Number));
            return made;
        });
        socket.ReceiveBufferSize = talk.ReceiveBytes;
        socket.Connect(new IPEndPoint(IPAddress.Parse(Namespaces.ServerAddress), ServerPort));
        talk.AnsweredAndRead = Exchange(socket, talk.Asked, talk.Seed);
    }

    /// <summary>Sends in pieces of any size while it reads what comes, to the end of both.</summary>
    private static byte[] Exchange(Socket socket, byte[] bytes, int seed)
    {
        socket.NoDelay = true;
        (socket.ReceiveTimeout, socket.SendTimeout) = (60_000, 60_000);
        Task writing = Task.Factory.StartNew(
            () =>
            {
                Random random = new(seed);
                for (int at = 0; at < bytes.Length;)
                {
                    int count = Math.Min(random.Next(1, 5000), bytes.Length - at);
                    at += socket.Send(bytes, at, count, SocketFlags.None);
                }
                socket.Shutdown(SocketShutdown.Send);
            },
            TaskCreationOptions.LongRunning);
        var read = new MemoryStream();
        byte[] piece = new byte[8192];
        int got;
        while ((got = socket.Receive(piece)) != 0)
        {
            read.Write(piece, 0, got);
        }
        writing.Wait(TestContext.Current.CancellationToken);
        return read.ToArray();
    }

    /// <summary>Makes a socket in a namespace, where it stays.</summary>
    private static Socket In(string name, Func<Socket> make)
    {
        Socket? socket = null;
        Exception? fault = null;
        Thread thread = new(() => fault = Record.Exception(() =>
        {
            Assert.True(NetworkNamespace.TryEnter(name, out string error), error);
            socket = make();
        }));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
        return socket!;
    }

    /// <summary>The client's port in a frame of either direction.</summary>
    private static int PortOf(Frame frame)
    {
        int source = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.AsSpan(SourcePortAt));
        return source == ServerPort
            ? BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes.AsSpan(SourcePortAt + 2))
            : source;
    }

    /// <summary>One connection: what both ends send, and what both read.</summary>
    private sealed class Talk
    {
        public Talk(int number, int seed, int bytesMax)
        {
            (Number, Seed) = (number, seed);
            Random random = new(seed);
            (Asked, Answered) = (new byte[random.Next(1, bytesMax)], new byte[random.Next(1, bytesMax)]);
            random.NextBytes(Asked);
            random.NextBytes(Answered);
            ReceiveBytes = random.Next(4096, 200_000);
        }

        public int Number { get; }

        public int Seed { get; }

        public int ReceiveBytes { get; }

        public byte[] Asked { get; }

        public byte[] Answered { get; }

        public byte[] AskedAndRead { get; set; } = [];

        public byte[] AnsweredAndRead { get; set; } = [];
    }
}
