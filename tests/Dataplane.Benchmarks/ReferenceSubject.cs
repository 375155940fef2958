using Dataplane.Native.Memory;
using Dataplane.Native.Reference;

namespace Dataplane.Benchmarks;

/// <summary>The same work in C, gcc -O3 (engine §25).</summary>
public sealed class ReferenceSubject : IDisposable
{
    private readonly FrameSet _frames;
    private readonly CReference _table;
    private readonly PacketBytes[] _burst = new PacketBytes[CReference.BurstMax];
    private readonly uint[] _slots = new uint[CReference.BurstMax];
    private readonly int _burstSize;

    /// <summary>A table with a flow for each 5-tuple of the frames.</summary>
    public ReferenceSubject(FrameSet frames, uint flowMax, int burstSize)
    {
        (_frames, _burstSize) = (frames, burstSize);
        _table = new CReference(flowMax, seed: 1);
        _ = Run();
    }

    /// <summary>Flows in the table.</summary>
    public uint FlowCount => _table.FlowCount;

    /// <summary>One pass over all frames; answers how many there were.</summary>
    public long Run()
    {
        for (int start = 0; start < _frames.Frames.Length; start += _burstSize)
        {
            int count = Math.Min(_burstSize, _frames.Frames.Length - start);
            // A port hands over descriptors, here as in ours.
            _frames.Frames.Slice(start, count).CopyTo(_burst);
            _ = _table.Process(_burst.AsSpan(0, count), (ulong)start, _slots);
        }

        return _frames.Frames.Length;
    }

    public void Dispose() => _table.Dispose();
}
