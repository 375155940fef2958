using System.Diagnostics;

namespace Dataplane.Time;

/// <summary>What time it is, read once a burst; ns since 1970 UTC, never going back.</summary>
/// <param name="followsPackets">True: the time is that of the packets themselves.</param>
public abstract class Clock(bool followsPackets)
{
    /// <summary>The time as of the last <see cref="BeginBurst"/> or <see cref="Reach"/>.</summary>
    public long NowNs { get; protected set; }

    /// <summary>Whole milliseconds, wrapped to 32 bits: what flows keep.</summary>
    public uint NowMs => (uint)(NowNs / 1_000_000);

    /// <summary>Reads the time, where there is a clock to read.</summary>
    public abstract void BeginBurst();

    /// <summary>A packet of this time is next; a virtual clock goes there.</summary>
    /// <remarks>Not virtual: it is called for every packet.</remarks>
    public void Reach(long packetNs)
    {
        if (followsPackets && packetNs > NowNs)
        {
            NowNs = packetNs;
        }
    }
}

/// <summary>The machine's monotonic clock, tied to its wall clock once a second.</summary>
public sealed class LiveClock : Clock
{
    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;
    private static readonly long AnchorTicks = Stopwatch.Frequency;
    private long _anchorTicks;
    private long _anchorNs;

    public LiveClock()
        : base(followsPackets: false)
    {
        Anchor(Stopwatch.GetTimestamp());
        NowNs = _anchorNs;
    }

    public override void BeginBurst()
    {
        long ticks = Stopwatch.GetTimestamp();
        if (ticks - _anchorTicks > AnchorTicks)
        {
            Anchor(ticks);
        }

        NowNs = Math.Max(NowNs, _anchorNs + (long)((ticks - _anchorTicks) * NsPerTick));
    }

    private void Anchor(long ticks)
    {
        _anchorTicks = ticks;
        _anchorNs = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
    }
}

/// <summary>The time of the packets themselves:
/// results do not depend on when or how fast a capture is read.</summary>
public sealed class VirtualClock() : Clock(followsPackets: true)
{
    public override void BeginBurst()
    {
    }
}
