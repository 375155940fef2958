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
/// <remarks>
/// A wall clock that was set forward is followed at once. One that was set back is met at half speed at the
/// least: time goes on, so timers and timeouts do not wait until it is that late again.
/// </remarks>
public sealed class LiveClock : Clock
{
    private const long SecondNs = 1_000_000_000;
    private const double RateMin = 0.5;

    private readonly TimeProvider _time;
    private readonly double _nsPerTick;
    private long _anchorTicks;
    private long _anchorNs;
    private double _rate = 1;

    public LiveClock(TimeProvider? time = null)
        : base(followsPackets: false)
    {
        _time = time ?? TimeProvider.System;
        _nsPerTick = (double)SecondNs / _time.TimestampFrequency;
        (_anchorTicks, _anchorNs) = (_time.GetTimestamp(), WallNs);
        NowNs = _anchorNs;
    }

    private long WallNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public override void BeginBurst()
    {
        long ticks = _time.GetTimestamp();
        if (ticks - _anchorTicks > _time.TimestampFrequency)
        {
            Anchor(ticks);
        }

        NowNs = Math.Max(NowNs, TimeAt(ticks));
    }

    private long TimeAt(long ticks) => _anchorNs + (long)((ticks - _anchorTicks) * _nsPerTick * _rate);

    private void Anchor(long ticks)
    {
        long wallNs = WallNs;
        long aheadNs = Math.Max(NowNs, TimeAt(ticks)) - wallNs;
        _anchorNs = wallNs + Math.Max(0, aheadNs);
        _anchorTicks = ticks;
        _rate = Math.Clamp(1 - ((double)aheadNs / SecondNs), RateMin, 1);
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
