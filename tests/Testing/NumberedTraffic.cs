using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dataplane.Native.Threads;

namespace Testing;

/// <summary>Numbered datagrams of several flows from client to server at a steady pace: whoever carries them
/// is judged by which arrive, and in which order.</summary>
/// <remarks>One thread sends, one receives, each in its namespace. Dispose ends both.</remarks>
public sealed class NumberedTraffic : IDisposable
{
    private const int ServerPort = 9_000;
    private const int ClientPort = 20_000;
    private const int NumberBytes = 8;
    private const int ReceiveBufferBytes = 16 << 20;

    /// <summary>SO_RCVBUFFORCE: more than the system's limit, for root.</summary>
    private const int ForcedReceiveBuffer = 33;

    private const int SocketLevel = 1;
    private const int PollMicroseconds = 200;

    /// <summary>Later than planned by more than this, the plan is moved: no bursts to catch up.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromMilliseconds(20);

    /// <summary>What has not come while nothing came for so long is lost.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(4);

    private readonly Socket[] _senders;
    private readonly Socket _receiver;
    private readonly Socket _trigger;
    private readonly double _ticksEach;
    private readonly List<long> _sentAt = [];
    private readonly List<long> _arrived = [];
    private readonly object _change = new();
    private readonly Thread _sending;
    private readonly Thread _receiving;
    private volatile bool _stops;
    private volatile bool _ends;

    private NumberedTraffic(Namespaces namespaces, int flows, int perSecond)
    {
        _ticksEach = (double)Stopwatch.Frequency / perSecond;
        _senders = Within(namespaces.Client, () => Enumerable.Range(0, flows).Select(
            flow => Bound(new IPEndPoint(IPAddress.Parse(Namespaces.ClientAddress), ClientPort + flow)))
            .ToArray());
        _trigger = Within(namespaces.Client, () => Bound(new IPEndPoint(
            IPAddress.Parse(Namespaces.ClientAddress), ClientPort + flows)));
        _receiver = Within(namespaces.Server, () => Bound(new IPEndPoint(IPAddress.Any, ServerPort)));
        byte[] size = BitConverter.GetBytes(ReceiveBufferBytes);
        _receiver.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, size);
        _receiver.ReceiveTimeout = 100;
        _sending = new Thread(Send) { IsBackground = true };
        _receiving = new Thread(Receive) { IsBackground = true };
    }

    /// <summary>Begins to send so many datagrams a second, in turn of so many flows.</summary>
    public static NumberedTraffic Start(Namespaces namespaces, int flows, int perSecond)
    {
        namespaces.PinNeighbours();
        NumberedTraffic traffic = new(namespaces, flows, perSecond);
        traffic._receiving.Start();
        traffic._sending.Start();
        return traffic;
    }

    /// <summary>Sends datagrams from a flow of its own to another port of the server.</summary>
    public void Trigger(int port, int count = 1)
    {
        var target = new IPEndPoint(IPAddress.Parse(Namespaces.ServerAddress), port);
        for (int i = 0; i < count; i++)
        {
            _trigger.SendTo(new byte[NumberBytes], target);
        }
    }

    /// <summary>Waits until datagrams that are sent from now on arrive; false when none does in that
    /// time.</summary>
    public bool FlowsWithin(TimeSpan most)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(most.TotalSeconds * Stopwatch.Frequency);
        lock (_change)
        {
            // A few may have overtaken what the caller has just done.
            long from = _sentAt.Count + _senders.Length;
            while (_arrived.Count == 0 || _arrived[^1] < from)
            {
                long left = deadline - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_change, TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
            }
        }

        return true;
    }

    /// <summary>Sends no more, waits for all that may still come, and judges.</summary>
    public TrafficOutcome Stop()
    {
        _stops = true;
        _sending.Join();
        lock (_change)
        {
            // The last of one flow may come before another's: one that came tells nothing of the others.
            while (_arrived.Count < _sentAt.Count && Monitor.Wait(_change, LastWait))
            {
            }

            return TrafficOutcome.Of(_sentAt, _arrived, _senders.Length);
        }
    }

    public void Dispose()
    {
        (_stops, _ends) = (true, true);
        _sending.Join();
        _receiving.Join();
        Array.ForEach(_senders, sender => sender.Dispose());
        _receiver.Dispose();
        _trigger.Dispose();
    }

    private static T Within<T>(string name, Func<T> make)
    {
        T? made = default;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                made = NetworkNamespace.TryEnter(name, out string error)
                    ? make()
                    : throw new InvalidOperationException(error);
            }
            catch (Exception cause) when (cause is SocketException or InvalidOperationException)
            {
                fault = cause;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? made! : throw new InvalidOperationException(fault.Message, fault);
    }

    private static Socket Bound(EndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(address);
        return socket;
    }

    private void Send()
    {
        var target = new IPEndPoint(IPAddress.Parse(Namespaces.ServerAddress), ServerPort);
        byte[] number = new byte[NumberBytes];
        double planned = Stopwatch.GetTimestamp();
        for (long next = 0; !_stops; next++)
        {
            while (Stopwatch.GetTimestamp() < planned)
            {
                ShortSleep.ForMicroseconds(PollMicroseconds);
            }

            long now = Stopwatch.GetTimestamp();
            bool isLate = now - planned > LateMax.TotalSeconds * Stopwatch.Frequency;
            planned = (isLate ? now : planned) + _ticksEach;
            BinaryPrimitives.WriteInt64BigEndian(number, next);
            lock (_change)
            {
                _sentAt.Add(now);
            }

            _senders[next % _senders.Length].SendTo(number, target);
        }
    }

    private void Receive()
    {
        byte[] number = new byte[NumberBytes];
        while (!_ends)
        {
            try
            {
                if (_receiver.Receive(number) == NumberBytes)
                {
                    lock (_change)
                    {
                        _arrived.Add(BinaryPrimitives.ReadInt64BigEndian(number));
                        Monitor.PulseAll(_change);
                    }
                }
            }
            catch (SocketException nothing) when (nothing.SocketErrorCode == SocketError.TimedOut)
            {
                // Time to look whether the test is over.
            }
        }
    }
}
