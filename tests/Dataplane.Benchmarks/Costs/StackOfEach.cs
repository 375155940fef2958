using Dataplane.Engine;
using Dataplane.Ports;

namespace Dataplane.Benchmarks.Costs;

/// <summary>The baseline of X1: a worker with stack and flow table of its own for each NF; packets go from
/// one to the next, burst by burst, on one thread and without a copy.</summary>
public sealed class StackOfEach : IDisposable
{
    private readonly MemoryPort _memory;
    private readonly ChainSubject[] _subjects;

    public StackOfEach(FrameStore frames, int count, string stages, RuleSets rules, uint flowMax)
    {
        _memory = new MemoryPort(frames);
        _subjects = new ChainSubject[count];
        IPort ingress = _memory;
        for (int i = 0; i < count; i++)
        {
            IPort? egress = i == count - 1 ? null : new HandOver(_memory.Pool);
            _subjects[i] = new ChainSubject(ingress, egress, stages, rules, flowMax: flowMax);
            ingress = egress!;
        }
    }

    public IReadOnlyList<ChainSubject> Subjects => _subjects;

    /// <summary>All frames through all stacks; answers how many frames.</summary>
    public long Run()
    {
        _memory.Rewind();
        long packets = 0;
        while (!_memory.Exhausted)
        {
            packets += _subjects[0].Worker.RunOnce();
            for (int i = 1; i < _subjects.Length; i++)
            {
                _ = _subjects[i].Worker.RunOnce();
            }
        }

        for (int i = 0; i < _subjects.Length; i++)
        {
            _subjects[i].Parts.Path.EndAll();
        }

        return packets;
    }

    public void Dispose()
    {
        foreach (ChainSubject subject in _subjects)
        {
            subject.Dispose();
        }
    }
}
