using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>From 5-tuple to slot: buckets of 8 signatures, two choices, fixed size, no allocation.</summary>
/// <remarks>
/// Threads:  the owning worker only.
/// Budget:   15 ns with 10⁴ flows and 60 ns with 10⁶, looked up in bursts (bench baseline).
/// Memory:   a flow's entry 96 B, its numbers 8 B, its share of the buckets 12 B, its place among the
///           free 4 B.
/// A full pair of buckets moves a flow to its other choice; where that is full, too, or the whole table, the
/// longest idle flow is given up: see <see cref="FindVictim"/>.
/// </remarks>
public sealed class FlowTable : IDisposable
{
    /// <summary>No slot.</summary>
    public const uint None = uint.MaxValue;

    private const int VictimCandidates = 16;

    /// <summary>So many are looked at even when an unanswered one is among them.</summary>
    private const int VictimCandidatesMin = 4;

    /// <summary>A prime above every table's size: candidates lie anywhere, so that neighbours in age are not
    /// all there is to choose from.</summary>
    private const ulong VictimStride = 2_654_435_761;

    /// <summary>With so few lanes left a bucket passes new flows on to the emptier of the two:
    /// the first choice,
    /// where look-ups begin, is kept for most.</summary>
    private const int CrowdedLanes = 2;

    /// <summary>Lanes for two flows: two thirds of them are taken when the table is full.</summary>
    private const uint LanesOfTwoFlows = 3;

    private readonly SignatureBuckets _buckets;
    private readonly FlowHash _hash;
    private readonly NativeArray<FlowEntry> _slots;
    private readonly NativeArray<FlowNumbers> _numbers;
    private readonly NativeArray<uint> _free;
    private uint _freeCount;
    private uint _hand;
    private uint _taggedCount;

    /// <summary>A table for up to <paramref name="flowMax"/> flows (at most
    /// <see cref="FlowId.SlotMax"/>), whose keys are hashed by <paramref name="hash"/>.</summary>
    public FlowTable(uint flowMax, FlowHash hash, MemoryPages pages = MemoryPages.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(flowMax, FlowId.SlotMax);
        ArgumentOutOfRangeException.ThrowIfZero(flowMax);
        FlowMax = flowMax;
        _hash = hash;
        _buckets = new SignatureBuckets(BucketsOf(flowMax), pages);
        _slots = new NativeArray<FlowEntry>(flowMax, pages);
        _numbers = new NativeArray<FlowNumbers>(flowMax, pages);
        _free = new NativeArray<uint>(flowMax);
        for (uint slot = 0; slot < flowMax; slot++)
        {
            _free[slot] = flowMax - 1 - slot;
        }

        _freeCount = flowMax;
    }

    /// <summary>How many flows fit.</summary>
    public uint FlowMax { get; }

    /// <summary>Memory of the table, for <see cref="FlowMax"/> flows.</summary>
    public ulong Bytes => _buckets.Bytes + _slots.Bytes + _numbers.Bytes + _free.Bytes;

    /// <summary>How many flows there are.</summary>
    public uint Count => FlowMax - _freeCount;

    /// <summary>The first cache line of a flow.</summary>
    public ref FlowEntry this[uint slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _slots[slot];
    }

    /// <summary>Numbers of a flow that are seldom asked for.</summary>
    public ref FlowNumbers NumbersOf(uint slot) => ref _numbers[slot];

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
        _numbers.Prefetch(slot);
        return slot;
    }

    /// <summary>The flow in a slot ends soon: asks for the bucket it is taken out of.</summary>
    public void PrefetchEnd(uint slot) => _buckets.Prefetch(_hash.Of(in _slots[slot].Key));

    /// <summary>Pass 3, for a packet whose first choice missed: guesses the slot by the second choice, whose
    /// bucket pass 2 asked for, and asks for its lines.</summary>
    public uint PrefetchSecond(uint hash)
    {
        uint second = Second(hash);
        uint lanes = _buckets.Match(second, SignatureOf(hash));
        if (lanes == 0)
        {
            return None;
        }

        uint slot = _buckets.Slot(second, BitOperations.TrailingZeroCount(lanes));
        _slots.PrefetchTwoLines(slot);
        return slot;
    }

    /// <summary>The last pass: the flow's slot, or None. <paramref name="forward"/>: the key is the flow's
    /// own,
    /// not its
    /// reverse. <paramref name="guess"/> is what the passes before answered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Find(in FlowKey key, uint hash, uint guess, out bool forward)
    {
        if (guess != None && IsFlow(guess, in key, out forward))
        {
            return guess;
        }

        return Search(in key, hash, out forward);
    }

    /// <summary>The hash under which a key is found here.</summary>
    public uint HashOf(in FlowKey key) => _hash.Of(in key);

    /// <summary>Takes a slot for a new flow; None when there is no room: remove a victim first.</summary>
    /// <param name="key">The flow's key.</param>
    /// <param name="hash">The key's hash, by the table's own.</param>
    public uint Create(in FlowKey key, uint hash)
    {
        Debug.Assert(hash == _hash.Of(in key), "A key must be hashed by its table's own hash.");
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
            bucket = MakeRoom(hash) ? hash : Second(hash);
            if (bucket != hash && !MakeRoom(bucket))
            {
                return None;
            }

            empty = _buckets.Empty(bucket);
        }

        uint slot = _free[--_freeCount];
        _buckets.Set(bucket, BitOperations.TrailingZeroCount(empty), SignatureOf(hash), slot);
        _taggedCount += key.HasVlans ? 1u : 0;
        ref FlowEntry entry = ref _slots[slot];
        uint generation = entry.Generation + 1;
        entry = default;
        entry.Key = key;
        entry.Generation = generation;
        entry.Flags = FlowFlags.InUse;
        _numbers[slot] = default;
        return slot;
    }

    /// <summary>Gives the slot of an ended flow back.</summary>
    public void Remove(uint slot)
    {
        ref FlowEntry entry = ref _slots[slot];
        if (!entry.InUse)
        {
            throw new InvalidOperationException($"Slot {slot} holds no flow; it was removed before.");
        }

        uint hash = _hash.Of(in entry.Key);
        if (!ClearIn(hash, hash, slot))
        {
            ClearIn(Second(hash), hash, slot);
        }

        _taggedCount -= entry.Key.HasVlans ? 1u : 0;
        entry.Flags = FlowFlags.None;
        entry.LinkMask = 0;
        _free[_freeCount++] = slot;
    }

    /// <summary>The flow to give up so that <see cref="Create"/> finds room for this hash, among those of its
    /// two buckets, or among a few of the whole table when that is full: one that only one end has sent in,
    /// if there is any, and of those the longest idle. So a flood of first packets takes the places of its
    /// own kind.</summary>
    public uint FindVictim(uint hash, uint nowMs)
    {
        uint victim = None;
        uint longest = 0;
        if (_freeCount == 0)
        {
            for (int i = 0; i < VictimCandidates; i++)
            {
                _hand = (uint)((_hand + VictimStride) % FlowMax);
                Consider(_hand, nowMs, ref victim, ref longest);
                if (i >= VictimCandidatesMin - 1 && !_slots[victim].IsAnswered)
                {
                    break;
                }
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
        _numbers.Dispose();
        _free.Dispose();
    }

    // Signature 0 marks an empty lane.
    private static uint SignatureOf(uint hash) => hash == 0 ? 1 : hash;

    private static uint BucketsOf(uint flowMax) =>
        (uint)((((ulong)flowMax * LanesOfTwoFlows / 2) / SignatureBuckets.LaneCount) + 1);

    // Another permutation of the same hash, so that crowded buckets have different second choices.
    private static uint Second(uint hash) => BitOperations.RotateRight(hash * 0x9E37_79B1, 15);

    /// <summary>Moves one flow of a full bucket to its other choice; false when none can go.</summary>
    private bool MakeRoom(uint bucket)
    {
        for (int lane = 0; lane < SignatureBuckets.LaneCount; lane++)
        {
            uint slot = _buckets.Slot(bucket, lane);
            uint hash = _hash.Of(in _slots[slot].Key);
            bool isFirst = _buckets.IndexOf(hash) == _buckets.IndexOf(bucket);
            uint other = isFirst ? Second(hash) : hash;
            uint empty = _buckets.Empty(other);
            if (empty != 0)
            {
                _buckets.Set(other, BitOperations.TrailingZeroCount(empty), SignatureOf(hash), slot);
                _buckets.Clear(bucket, lane);
                return true;
            }
        }

        return false;
    }

    private void Consider(uint slot, uint nowMs, ref uint victim, ref uint longest)
    {
        ref FlowEntry entry = ref _slots[slot];
        if (!entry.InUse)
        {
            return;
        }

        uint idle = nowMs - entry.LastSeenMs;
        bool isBetter = victim == None || (entry.IsAnswered == _slots[victim].IsAnswered
            ? idle > longest
            : !entry.IsAnswered);
        if (isBetter)
        {
            victim = slot;
            longest = idle;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFlow(uint slot, in FlowKey key, out bool forward)
    {
        ref FlowEntry stored = ref _slots[slot];
        forward = stored.Key.IsSame(in key);
        return (forward || stored.Key.IsReverseOf(in key)) && stored.InUse;
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
            ref FlowEntry stored = ref _slots[slot];
            if (stored.InUse && stored.Key.IsReverseAcrossVlans(in key)
                && ((stored.Flags & FlowFlags.OneWayVlan) != 0
                    || stored.HasSentNothing(stored.SenderOf(forward: false))))
            {
                stored.Flags |= FlowFlags.OneWayVlan;
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
}
