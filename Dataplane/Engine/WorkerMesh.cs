using Dataplane.Flows;
using Dataplane.Native.Memory;

namespace Dataplane.Engine;

/// <summary>The rings between the workers of one engine: for each ordered pair one for packets on their way
/// to
/// their owner, one for those on their way back.</summary>
/// <remarks>
/// A worker stops receiving while fewer than a burst's places are left to a peer, and goes on serving its
/// rings; what is under way to a peer never exceeds a ring, so the way back always has room.
/// Made on the control thread, disposed after all workers have stopped.
/// </remarks>
public sealed class WorkerMesh : IDisposable
{
    /// <summary>Places of each ring: the most packets under way from one worker to another.</summary>
    public const uint RingPackets = 1024;

    private readonly SpscRing<Handover>[] _there;
    private readonly SpscRing<Handover>[] _back;

    /// <summary>Rings between so many workers, which choose owners by this hash.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="hash">The hash of all of them.</param>
    /// <param name="hasOneReceiver">Every port has one queue, so the first worker receives all
    /// packets.</param>
    public WorkerMesh(int workers, FlowHash hash, bool hasOneReceiver)
    {
        Count = workers;
        HasOneReceiver = hasOneReceiver;
        Owner = new FlowOwner(hash, workers);
        _there = MakeRings(workers * workers);
        _back = MakeRings(workers * workers);
    }

    /// <summary>How many workers there are.</summary>
    public int Count { get; }

    /// <summary>True when one worker receives everything: it looks into fragments and tunnels itself, which
    /// keeps
    /// their order.</summary>
    public bool HasOneReceiver { get; }

    /// <summary>Who owns what.</summary>
    public FlowOwner Owner { get; }

    public void Dispose()
    {
        foreach (SpscRing<Handover> ring in _there.Concat(_back))
        {
            ring.Dispose();
        }
    }

    /// <summary>Packets that <paramref name="from"/> hands over to <paramref name="to"/>.</summary>
    internal SpscRing<Handover> There(int from, int to) => _there[(from * Count) + to];

    /// <summary>Packets that <paramref name="from"/> gives back to <paramref name="to"/>.</summary>
    internal SpscRing<Handover> Back(int from, int to) => _back[(from * Count) + to];

    private static SpscRing<Handover>[] MakeRings(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new SpscRing<Handover>(RingPackets))];
}
