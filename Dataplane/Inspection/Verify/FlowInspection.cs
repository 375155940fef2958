using System.Runtime.InteropServices;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>What inspection remembers of a flow: 64 bytes, zero at the flow's start.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct FlowInspection
{
    /// <summary>Seconds since 1970 of the flow's first packet.</summary>
    public uint FirstSecond;

    /// <summary>Place of the flow's bits and integers plus one; 0: none set yet.</summary>
    public uint Variables;

    public FlowInspectionFlags Flags;

    public StreamInspection Client;
    public StreamInspection Server;

    /// <summary>Seconds since 1970 of the flow's newest packet.</summary>
    public uint LastSecond;

    /// <summary>True once nothing of this flow is inspected any more.</summary>
    public readonly bool IsDecided => (Flags & (
        FlowInspectionFlags.Passed | FlowInspectionFlags.Dropped | FlowInspectionFlags.Left)) != 0;

    /// <summary>True once a pass, drop or reject rule decided about the flow.</summary>
    public readonly bool IsJudged =>
        (Flags & (FlowInspectionFlags.Passed | FlowInspectionFlags.Dropped)) != 0;
}

/// <summary>Facts about a flow under inspection.</summary>
[Flags]
public enum FlowInspectionFlags : uint
{
    None = 0,

    /// <summary>Rules for the first packet of that direction have been evaluated.</summary>
    ClientOnceDone = 1,
    ServerOnceDone = 2,

    /// <summary>A pass rule took the flow out of inspection.</summary>
    Passed = 4,

    /// <summary>A drop or reject rule decided about the flow.</summary>
    Dropped = 8,

    /// <summary>The TCP handshake was complete before the current packet.</summary>
    Established = 16,

    /// <summary>Isn of that side is known.</summary>
    ClientIsnKnown = 32,
    ServerIsnKnown = 64,

    /// <summary>The side's stream has been looked at up to its depth, or cannot be followed.</summary>
    ClientStreamDone = 128,
    ServerStreamDone = 256,

    /// <summary>The first packet has been seen.</summary>
    Begun = 512,

    /// <summary>A message of that side is complete: its bytes are inspected however few they are.</summary>
    ClientFlush = 1024,
    ServerFlush = 2048,

    /// <summary>Packets of that side are heard, so its pieces follow what the other side
    /// acknowledges.</summary>
    ClientHeard = 4096,
    ServerHeard = 8192,

    /// <summary>Inspection waits for the flow's protocol to be identified.</summary>
    Waiting = 16_384,

    /// <summary>The client speaks HTTP: when one side begins to answer, the other's message is
    /// complete.</summary>
    Messages = 32_768,

    /// <summary>The side's bytes in sight hold a literal of a rule: with more bytes the rule may
    /// match.</summary>
    ClientSuspect = 65_536,
    ServerSuspect = 131_072,

    /// <summary>Rules have been asked about what that side speaks.</summary>
    ClientDetected = 262_144,
    ServerDetected = 524_288,

    /// <summary>The stream is followed: its handshake was seen before its bytes.</summary>
    Followed = 67_108_864,

    /// <summary>Transactions of that side have moved and wait for its next packet to be inspected.</summary>
    ClientMoved = 134_217_728,
    ServerMoved = 268_435_456,

    /// <summary>The flow has turned to ciphertext: payloads are not inspected any more.</summary>
    Encrypted = 536_870_912,

    /// <summary>Nobody watches any more whether the flow turns to ciphertext.</summary>
    Unwatched = 1_073_741_824,

    /// <summary>No rule is left that could match this flow.</summary>
    Left = 2_147_483_648,

    /// <summary>From this bit on, six of them: what was irregular about the flow as a whole, and is
    /// reported.</summary>
    FirstAnomaly = 1_048_576,
}

/// <summary>One side's stream: the bytes that wait for inspection and how far the other side has
/// acknowledged.</summary>
/// <remarks>Sequence numbers are counted from the side's own initial one, so they fit whatever it
/// was.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 24)]
public struct StreamInspection
{
    /// <summary>First and last block of the waiting bytes plus one; 0: none.</summary>
    public ushort FirstBlock;
    public ushort LastBlock;

    /// <summary>How many bytes wait; they end at <see cref="NextOffset"/>.</summary>
    public ushort PendingBytes;

    /// <summary>What the side's bytes were recognised as.</summary>
    public AppProtocol Application;

    /// <summary>What the flow speaks; the same on both sides.</summary>
    public AppProtocol FlowApplication;

    /// <summary>Stream offset behind the last byte received in order; the depth of inspection is far below
    /// 2^32.</summary>
    public uint NextOffset;

    /// <summary>Initial sequence number.</summary>
    public uint Isn;

    /// <summary>One beyond the highest number sent, from Isn.</summary>
    public uint Sent;

    /// <summary>What the other side acknowledged, from Isn.</summary>
    public uint Acknowledged;
}
