using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>Every event: 40 bytes of header and 24 of body, one cache line (events.md §3.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 64)]
public struct EventRecord
{
    /// <summary>Number in the <see cref="EventTree"/>.</summary>
    public ushort TypeId;
    public EventFlags Flags;

    /// <summary>Index of the publishing NF in its chain;
    /// <see cref="StackPublisher"/> for the stack.</summary>
    public ushort Publisher;

    /// <summary>Number of the document's defined event that raised it, from 1; 0 for others.</summary>
    public byte Defined;

    /// <summary>How many publications led to this one; loops are cut at <see cref="HopsMax"/>.</summary>
    public byte Hops;
    public FlowId Flow;
    public uint Generation;

    /// <summary>Number of the event, monotonic per worker.</summary>
    public ulong EventNumber;

    /// <summary>Flow time of the packet, ns since 1970.</summary>
    public long TimeNs;

    /// <summary>Low half of the number of the event that caused this one.</summary>
    public uint Cause;

    /// <summary>Buffer number of the packet, or <see cref="NoPacket"/>.</summary>
    public uint PacketRef;

    /// <summary>The type's own fields.</summary>
    public EventBody Body;

    public const ushort StackPublisher = ushort.MaxValue;
    public const uint NoPacket = uint.MaxValue;
    public const byte HopsMax = 16;

    /// <summary>Who sent the packet.</summary>
    public readonly Side Sender => (Side)((ushort)Flags & 3);

    /// <summary>Whose half's update raised the event.</summary>
    public readonly Side Half => (Side)(((ushort)Flags >> 2) & 3);

    /// <summary>The body, read as the event type or one of its ancestors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly T BodyOf<T>(ref readonly EventRecord record)
        where T : unmanaged, IEvent =>
        ref Reinterpret.AsReadOnly<EventBody, T>(in record.Body);
}

/// <summary>The 24 bytes that an event type fills.</summary>
[InlineArray(3)]
public struct EventBody
{
    private ulong _first;
}

/// <summary>Bits 0–1 sender, 2–3 half, then as named.</summary>
[Flags]
public enum EventFlags : ushort
{
    None = 0,
    Pre = 16,
    Sampled = 32,

    /// <summary>Bytes delivered again to a late subscriber.</summary>
    Replay = 64,
    LastForFlow = 128,

    /// <summary>Stream offsets restarted at 0.</summary>
    NewEpoch = 256,

    /// <summary>Of a notice type, but said to subscribers only.</summary>
    Unnoticed = 512,
}
