using System.Numerics;
using Dataplane.Flows;
using Dataplane.Native.Memory;

namespace Dataplane.Events;

/// <summary>What one worker remembers for the limits of a chain's links: how much of this second, and of this
/// sample, has passed.</summary>
/// <remarks>
/// Made on the control thread; then its worker's only. Limits of a link count per worker; limits per flow
/// take 16 bytes for each of the worker's flows and such link, and begin anew with the flow.
/// </remarks>
public sealed class LinkLimits : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    private readonly LinkTable _links;
    private readonly State[] _ofLinks;
    private readonly NativeArray<State>?[] _ofFlows;
    private readonly ulong _limited;

    /// <summary>Nothing has passed yet.</summary>
    public LinkLimits(LinkTable links, uint flowMax)
    {
        _links = links;
        _ofLinks = new State[links.Links.Count];
        _ofFlows = new NativeArray<State>?[links.Links.Count];
        for (int bit = 0; bit < links.Links.Count; bit++)
        {
            if (links.Links[bit].Limit is { } limit)
            {
                _limited |= 1UL << bit;
                _ofFlows[bit] = limit.IsPerFlow ? new NativeArray<State>(flowMax) : null;
            }
        }
    }

    /// <summary>Of the links that take an event those whose limit is not used up; this uses it.</summary>
    public ulong Passing(ulong links, in EventRecord candidate)
    {
        for (ulong left = links & _limited; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            if (!Passes(bit, in candidate))
            {
                links &= ~(1UL << bit);
            }
        }

        return links;
    }

    public void Dispose()
    {
        foreach (NativeArray<State>? states in _ofFlows)
        {
            states?.Dispose();
        }
    }

    private bool Passes(int bit, in EventRecord candidate)
    {
        LinkLimit limit = _links.Links[bit].Limit!;
        ref State state = ref StateOf(bit, in candidate);
        if (limit.OneIn > 1 && state.Seen++ % limit.OneIn != 0)
        {
            return false;
        }

        if (limit.PerSecond == 0)
        {
            return true;
        }

        uint second = (uint)(candidate.TimeNs / SecondNs);
        state.Passed = state.Second == second ? state.Passed : 0;
        state.Second = second;
        return state.Passed++ < limit.PerSecond;
    }

    private ref State StateOf(int bit, in EventRecord candidate)
    {
        if (_ofFlows[bit] is not { } flows || candidate.Flow == FlowId.None)
        {
            return ref _ofLinks[bit];
        }

        ref State state = ref flows[candidate.Flow.Slot];
        if (state.Generation != candidate.Generation)
        {
            state = new State { Generation = candidate.Generation };
        }

        return ref state;
    }

    private struct State
    {
        public uint Generation;
        public uint Seen;
        public uint Second;
        public uint Passed;
    }
}

/// <summary>How many events a link lets pass; what it keeps away is not built.</summary>
/// <param name="OneIn">The first of each so many; 0 or 1: all.</param>
/// <param name="PerSecond">At most so many in a second of flow time; 0: any number.</param>
/// <param name="IsPerFlow">Counted for each flow; else for all flows of a worker together.</param>
public sealed record LinkLimit(uint OneIn, uint PerSecond, bool IsPerFlow);
