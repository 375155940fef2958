using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>From 5-tuple to slot: buckets of 8 signatures, two choices, fixed size, no allocation.</summary>
/// <remarks>
/// Threads:  the owning worker only.
/// Budget:   15 ns with 10⁴ flows and 60 ns with 10⁶, looked up in bursts (bench baseline).
/// A full pair of buckets, or a full table, gives up its longest idle flow: see <see cref="FindVictim"/>.
/// </remarks>
public sealed class FlowTable : IDisposable
{
    /// <summary>No slot.</summary>
    public const uint None = uint.MaxValue;

    private const int VictimCandidates = 16;

    /// <summary>With so few lanes left a bucket passes new flows on to the emptier of the two:
    /// the first choice,
    /// where look-ups begin, is kept for most.</summary>
    private const int CrowdedLanes = 2;
    private readonly SignatureBuckets _buckets;
    private readonly NativeArray<FlowSlot> _slots;
    private readonly NativeArray<uint> _free;
    private uint _freeCount;
    private uint _hand;
    private uint _taggedCount;

    /// <summary>A table for up to <paramref name="flowMax"/> flows (at most
    /// <see cref="FlowId.SlotMax"/>).</summary>
    public FlowTable(uint flowMax, MemoryPages pages = MemoryPages.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(flowMax, FlowId.SlotMax);
        ArgumentOutOfRangeException.ThrowIfZero(flowMax);
        FlowMax = flowMax;

        // At most half full, so that both choices are never full in practice: 16 bytes a flow well spent.
        uint wanted = (uint)(((ulong)flowMax * 2 / SignatureBuckets.LaneCount) + 1);
        _buckets = new SignatureBuckets(BitOperations.RoundUpToPowerOf2(wanted), pages);
        _slots = new NativeArray<FlowSlot>(flowMax, pages);
        _free = new NativeArray<uint>(flowMax);
        for (uint slot = 0; slot < flowMax; slot++)
        {
            _free[slot] = flowMax - 1 - slot;
        }

        _freeCount = flowMax;
    }

    /// <summary>How many flows fit.</summary>
    public uint FlowMax { get; }

    /// <summary>How many flows there are.</summary>
    public uint Count => FlowMax - _freeCount;

    /// <summary>The first cache line of a flow.</summary>
    public ref FlowEntry this[uint slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _slots[slot].Entry;
    }

    /// <summary>The key of a flow.</summary>
    public ref readonly FlowKey KeyOf(uint slot) => ref _slots[slot].Key;

    /// <summary>Pass 1 of a burst: asks for the bucket's line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBucket(uint hash) => _buckets.Prefetch(hash);

    /// <summary>Pass 2 of a burst: guesses the slot and asks for its lines.
    /// None when the first choice misses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PrefetchFlow(uint hash)
    {
        uint lanes = _buckets.Match(hash, SignatureOf(hash));
        if (lanes == 0)
        {
            return None;
        }

        uint slot = _buckets.Slot(hash, BitOperations.TrailingZeroCount(lanes));
        _slots.PrefetchTwoLines(slot);
        return slot;
    }

    /// <summary>Pass 2, for a packet whose first choice missed: asks for the second bucket, and for the
    /// lines of
    /// the slot that a new flow would get.</summary>
    /// <param name="hash">The packet's hash.</param>
    /// <param name="ahead">How many such packets of the burst come before it.</param>
    public uint PrefetchNew(uint hash, uint ahead)
    {
        _buckets.Prefetch(Second(hash));
        if (ahead >= _freeCount)
        {
            return None;
        }

        uint slot = _free[_freeCount - 1 - ahead];
        _slots.PrefetchTwoLines(slot);
        return slot;
    }

    /// <summary>The flow in a slot ends soon: asks for the bucket it is taken out of.</summary>
    public void PrefetchEnd(uint slot) => _buckets.Prefetch(_slots[slot].Entry.Hash);

    /// <summary>Pass 3: the flow's slot, or None. <paramref name="forward"/>: the key is the flow's own,
    /// not its
    /// reverse. <paramref name="guess"/> is what pass 2 answered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Find(in FlowKey key, uint hash, uint guess, out bool forward)
    {
        if (guess != None && IsFlow(guess, in key, out forward))
        {
            return guess;
        }

        return Search(in key, hash, out forward);
    }

    /// <summary>Takes a slot for a new flow; None when there is no room: remove a victim first.</summary>
    public uint Create(in FlowKey key, uint hash)
    {
        if (_freeCount == 0)
        {
            return None;
        }

        uint bucket = hash;
        uint empty = _buckets.Empty(bucket);
        if (BitOperations.PopCount(empty) <= CrowdedLanes)
        {
            uint emptyInSecond = _buckets.Empty(Second(hash));
            if (BitOperations.PopCount(emptyInSecond) > BitOperations.PopCount(empty))
            {
                (bucket, empty) = (Second(hash), emptyInSecond);
            }
        }

        if (empty == 0)
        {
            return None;
        }

        uint slot = _free[--_freeCount];
        _buckets.Set(bucket, BitOperations.TrailingZeroCount(empty), SignatureOf(hash), slot);
        _slots[slot].Key = key;
        _taggedCount += key.HasVlans ? 1u : 0;
        ref FlowEntry entry = ref _slots[slot].Entry;
        uint generation = entry.Generation + 1;
        entry = default;
        entry.Generation = generation;
        entry.Hash = hash;
        entry.Protocol = key.Protocol;
        entry.Flags = FlowFlags.InUse;
        return slot;
    }

    /// <summary>Gives the slot of an ended flow back.</summary>
    public void Remove(uint slot)
    {
        ref FlowEntry entry = ref _slots[slot].Entry;
        if (!entry.InUse)
        {
            throw new InvalidOperationException($"Slot {slot} holds no flow; it was removed before.");
        }

        if (!ClearIn(entry.Hash, entry.Hash, slot))
        {
            ClearIn(Second(entry.Hash), entry.Hash, slot);
        }

        _taggedCount -= _slots[slot].Key.HasVlans ? 1u : 0;
        entry.Flags = FlowFlags.None;
        entry.LinkMask = 0;
        _free[_freeCount++] = slot;
    }

    /// <summary>The flow to give up so that <see cref="Create"/> finds room for this hash:
    /// the longest idle of the
    /// two buckets, or of the next slots when the whole table is full.</summary>
    public uint FindVictim(uint hash, uint nowMs)
    {
        uint victim = None;
        uint longest = 0;
        if (_freeCount == 0)
        {
            for (int i = 0; i < VictimCandidates; i++)
            {
                _hand = (_hand + 1) % FlowMax;
                Consider(_hand, nowMs, ref victim, ref longest);
            }

            return victim;
        }

        for (int lane = 0; lane < SignatureBuckets.LaneCount; lane++)
        {
            Consider(_buckets.Slot(hash, lane), nowMs, ref victim, ref longest);
            Consider(_buckets.Slot(Second(hash), lane), nowMs, ref victim, ref longest);
        }

        return victim;
    }

    public void Dispose()
    {
        _buckets.Dispose();
        _slots.Dispose();
        _free.Dispose();
    }

    // Signature 0 marks an empty lane.
    private static uint SignatureOf(uint hash) => hash == 0 ? 1 : hash;

    // Another permutation of the same hash, so that crowded buckets have different second choices.
    private static uint Second(uint hash) => BitOperations.RotateRight(hash * 0x9E37_79B1, 15);

    private void Consider(uint slot, uint nowMs, ref uint victim, ref uint longest)
    {
        ref FlowEntry entry = ref _slots[slot].Entry;
        uint idle = nowMs - entry.LastSeenMs;
        if (entry.InUse && (victim == None || idle > longest))
        {
            victim = slot;
            longest = idle;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFlow(uint slot, in FlowKey key, out bool forward)
    {
        ref FlowSlot stored = ref _slots[slot];
        forward = stored.Key.IsSame(in key);
        return (forward || stored.Key.IsReverseOf(in key)) && stored.Entry.InUse;
    }

    private uint Search(in FlowKey key, uint hash, out bool forward)
    {
        uint slot = SearchIn(hash, in key, hash, out forward);
        slot = slot != None ? slot : SearchIn(Second(hash), in key, hash, out forward);
        if (slot == None && key.Protocol == IpProtocols.Tcp && (_taggedCount != 0 || key.HasVlans))
        {
            forward = false;
            slot = FindAcrossVlansIn(hash, in key, hash);
            slot = slot != None ? slot : FindAcrossVlansIn(Second(hash), in key, hash);
        }

        return slot;
    }

    private uint SearchIn(uint bucket, in FlowKey key, uint hash, out bool forward)
    {
        forward = true;
        for (uint lanes = _buckets.Match(bucket, SignatureOf(hash)); lanes != 0; lanes &= lanes - 1)
        {
            uint slot = _buckets.Slot(bucket, BitOperations.TrailingZeroCount(lanes));
            if (IsFlow(slot, in key, out forward))
            {
                return slot;
            }
        }

        return None;
    }

    /// <summary>The TCP flow of which a packet is the other direction, tagged while the first one is not or
    /// the other way round.</summary>
    private uint FindAcrossVlansIn(uint bucket, in FlowKey key, uint hash)
    {
        for (uint lanes = _buckets.Match(bucket, SignatureOf(hash)); lanes != 0; lanes &= lanes - 1)
        {
            uint slot = _buckets.Slot(bucket, BitOperations.TrailingZeroCount(lanes));
            ref FlowSlot stored = ref _slots[slot];
            if (stored.Entry.InUse && stored.Key.IsReverseAcrossVlans(in key)
                && ((stored.Entry.Flags & FlowFlags.OneWayVlan) != 0
                    || stored.Entry.HasSentNothing(stored.Entry.SenderOf(forward: false))))
            {
                stored.Entry.Flags |= FlowFlags.OneWayVlan;
                return slot;
            }
        }

        return None;
    }

    private bool ClearIn(uint bucket, uint hash, uint slot)
    {
        for (uint lanes = _buckets.Match(bucket, SignatureOf(hash)); lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            if (_buckets.Slot(bucket, lane) == slot)
            {
                _buckets.Clear(bucket, lane);
                return true;
            }
        }

        return false;
    }

    /// <summary>The two lines that every packet touches, side by side:
    /// fetching one brings the other.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct FlowSlot
    {
        public FlowEntry Entry;
        public FlowKey Key;
    }
}
