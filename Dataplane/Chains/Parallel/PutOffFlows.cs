namespace Dataplane.Chains.Parallel;

/// <summary>Flows whose stack becomes as deep as their links need once no answer in doubt is left: what one
/// NF switches off another may yet switch on.</summary>
/// <remarks>Bounded as the held packets that raise doubts are. Only the worker touches it.</remarks>
public sealed class PutOffFlows
{
    private readonly uint[] _slots = new uint[HeldPackets.Max];
    private int _count;

    /// <summary>False when so many flows wait that this one is not remembered.</summary>
    public bool TryAdd(uint slot)
    {
        if (Contains(slot))
        {
            return true;
        }
        if (_count == _slots.Length)
        {
            return false;
        }
        _slots[_count++] = slot;
        return true;
    }

    public bool Contains(uint slot) => _count != 0 && _slots.AsSpan(0, _count).Contains(slot);

    public void Remove(uint slot)
    {
        int at = _slots.AsSpan(0, _count).IndexOf(slot);
        if (at >= 0)
        {
            _slots[at] = _slots[--_count];
        }
    }
}
