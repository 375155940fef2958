using System.Security.Cryptography;
using Dataplane.Inspection.Rules;
using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Compile;

/// <summary>A named set of texts, digests or addresses that rules ask and change.</summary>
/// <remarks>
/// Shared by all workers behind one short lock, taken only after a rule's other options matched. Members
/// are kept as 128 bits: addresses and MD5 whole, others by the front of a SHA-256. The size is fixed when
/// the set is loaded; a member that finds no place is not added, which is counted.
/// </remarks>
public sealed class DataSet : IDisposable
{
    /// <summary>Members that a set has room for at least.</summary>
    public const uint SlotsMin = 16_384;

    public const uint SlotsMax = 1u << 26;

    private const int DigestBytes = 32;

    private readonly NativeArray<Member> _members;
    private readonly uint _mask;
    private int _lock;
    private uint _count;
    private long _lostCount;

    public DataSet(DatasetKind kind, uint expected)
    {
        Kind = kind;
        uint slots = SlotsMin;
        while (slots < SlotsMax && slots / 2 < expected + (SlotsMin / 2))
        {
            slots *= 2;
        }
        _mask = slots - 1;
        _members = new NativeArray<Member>(slots);
    }

    public DatasetKind Kind { get; }

    public uint Count => _count;

    /// <summary>Members that found no place.</summary>
    public long LostCount => Interlocked.Read(ref _lostCount);

    /// <summary>True when a buffer can be a member: a digest has its length, an address 4 or 16
    /// bytes.</summary>
    public bool Fits(ReadOnlySpan<byte> buffer) => Kind switch
    {
        DatasetKind.Md5 => buffer.Length == 16,
        DatasetKind.Sha1 => buffer.Length == 20,
        DatasetKind.Sha256 => buffer.Length == DigestBytes,
        DatasetKind.Ipv4 => buffer.Length == 4,
        DatasetKind.Ip => buffer.Length is 4 or 16,
        _ => true,
    };

    /// <summary>False when the buffer is no member; else true with its reputation.</summary>
    public bool TryFind(ReadOnlySpan<byte> buffer, out ushort reputation)
    {
        UInt128 key = KeyOf(buffer);
        Enter();
        ref Member member = ref Slot(key);
        bool found = member.Used == Member.InUse;
        reputation = found ? member.Reputation : (ushort)0;
        Exit();
        return found;
    }

    /// <summary>True when the buffer was no member before.</summary>
    public bool Add(ReadOnlySpan<byte> buffer, ushort reputation = 0)
    {
        UInt128 key = KeyOf(buffer);
        Enter();
        ref Member member = ref Slot(key);
        bool isNew = member.Used != Member.InUse;
        bool hasRoom = _count < (_mask + 1) / 4 * 3;
        if (isNew && hasRoom)
        {
            member = new Member { Key = key, Reputation = reputation, Used = Member.InUse };
            _count++;
        }
        Exit();
        if (isNew && !hasRoom)
        {
            Interlocked.Increment(ref _lostCount);
        }
        return isNew && hasRoom;
    }

    /// <summary>True when the buffer was a member.</summary>
    public bool Remove(ReadOnlySpan<byte> buffer)
    {
        UInt128 key = KeyOf(buffer);
        Enter();
        ref Member member = ref Slot(key);
        bool found = member.Used == Member.InUse;
        if (found)
        {
            // The slot stays taken, so that members behind it are still found; the same key may return.
            member.Used = Member.Removed;
        }
        Exit();
        return found;
    }

    public void Dispose() => _members.Dispose();

    private UInt128 KeyOf(ReadOnlySpan<byte> buffer)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        digest.Clear();
        if (Kind is DatasetKind.Md5 or DatasetKind.Ipv4 or DatasetKind.Ip && buffer.Length <= 16)
        {
            buffer.CopyTo(digest[(16 - buffer.Length)..]);
        }
        else
        {
            SHA256.HashData(buffer, digest);
        }
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private ref Member Slot(UInt128 key)
    {
        uint at = (uint)key.GetHashCode() & _mask;
        while (_members[at].Used != 0 && _members[at].Key != key)
        {
            at = (at + 1) & _mask;
        }
        return ref _members[at];
    }

    private void Enter()
    {
        while (Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
        {
            Thread.SpinWait(1);
        }
    }

    private void Exit() => Volatile.Write(ref _lock, 0);

    private struct Member
    {
        public const byte InUse = 1;
        public const byte Removed = 2;

        public UInt128 Key;
        public ushort Reputation;
        public byte Used;
    }
}
