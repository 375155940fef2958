using Dataplane.Benchmarks.Traffic;
using Dataplane.Inspection;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>When nDPI knows each flow of a set, found without engine, stack or events: what the counts of C4
/// are predicted from.</summary>
public sealed class DetectionOracle : IDisposable
{
    private readonly TrafficSet _traffic;
    private readonly ProtocolIdentifier _dpi;
    private readonly uint[] _open;
    private readonly byte[] _fedCount;
    private readonly (int Frame, int Flow)[] _clientFeed;
    private readonly (int Frame, int Flow)[] _allFeed;

    public DetectionOracle(TrafficSet traffic)
    {
        int flows = traffic.Truth.Options.Flows;
        _traffic = traffic;
        _dpi = new ProtocolIdentifier((uint)flows);
        _open = new uint[flows];
        _fedCount = new byte[flows];
        DetectedAt = new int[flows];
        IsHttp = new bool[flows];
        _allFeed = Find(frame => frame.IsTcp);
        Array.Clear(DetectedAt);
        Array.Clear(IsHttp);
        _clientFeed = Find(frame => frame.IsTcp && frame.Sender == Side.Client);
    }

    /// <summary>By flow: how many of the client's packets nDPI saw until it knew or was given up.</summary>
    public int[] DetectedAt { get; }

    /// <summary>By flow: what it knew was HTTP.</summary>
    public bool[] IsHttp { get; }

    /// <summary>Packets looked at when clients' packets are given.</summary>
    public int ClientFedCount => _clientFeed.Length;

    /// <summary>Feeds what a DPI with early stop is fed of the clients' packets; answers how many.</summary>
    public long FeedClient() => Feed(_clientFeed);

    /// <summary>The same of both sides' packets.</summary>
    public long FeedAll() => Feed(_allFeed);

    public void Dispose() => _dpi.Dispose();

    private (int Frame, int Flow)[] Find(Predicate<TrafficFrame> isGiven)
    {
        var feed = new List<(int, int)>();
        bool[] isDone = new bool[DetectedAt.Length];
        for (int i = 0; i < _traffic.Frames.Count; i++)
        {
            TrafficFrame frame = _traffic.Frames[i];
            if (!isGiven(frame) || isDone[frame.Flow])
            {
                continue;
            }

            feed.Add((i, frame.Flow));
            DetectedAt[frame.Flow]++;
            isDone[frame.Flow] = FeedOne(i, frame.Flow, out ProtocolAnswer answer);
            IsHttp[frame.Flow] |= BenchDpi.IsHttp(
                new Events.DpiEvent(answer.Master, answer.App, (Events.DpiConfidence)answer.Confidence, 0));
        }

        CloseAll();
        return [.. feed];
    }

    private long Feed((int Frame, int Flow)[] feed)
    {
        for (int i = 0; i < feed.Length; i++)
        {
            if (i % PacketBurst.CapacityMax == 0)
            {
                Prefetch(feed.AsSpan(i, Math.Min(PacketBurst.CapacityMax, feed.Length - i)));
            }

            _ = FeedOne(feed[i].Frame, feed[i].Flow, out _);
        }

        CloseAll();
        return feed.Length;
    }

    /// <summary>Asks for the frames of a burst, as a worker does.</summary>
    private void Prefetch(ReadOnlySpan<(int Frame, int Flow)> burst)
    {
        for (int i = 0; i < burst.Length; i++)
        {
            _traffic.Store.Frames[burst[i].Frame].Prefetch();
        }
    }

    private bool FeedOne(int frame, int flow, out ProtocolAnswer answer)
    {
        if (_open[flow] == 0)
        {
            _ = _dpi.TryOpen(out uint opened);
            _open[flow] = opened + 1;
            _fedCount[flow] = 0;
        }

        PacketBytes layer3 = _traffic.Store.Frames[frame].Slice(TrafficFrame.Layer3Offset);
        long timeNs = _traffic.Frames[frame].TimeNs;
        uint number = _open[flow] - 1;
        bool isFinal = ++_fedCount[flow] == BenchDpi.PacketMax
            ? _dpi.ProcessLast(number, layer3, timeNs, out answer)
            : _dpi.Process(number, layer3, timeNs, out answer);
        if (!isFinal && answer.IsUnknown)
        {
            return false;
        }

        _dpi.Close(number);
        _open[flow] = 0;
        return true;
    }

    private void CloseAll()
    {
        for (int flow = 0; flow < _open.Length; flow++)
        {
            if (_open[flow] != 0)
            {
                _dpi.Close(_open[flow] - 1);
                _open[flow] = 0;
            }
        }
    }
}
