using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Tests.Engine;

namespace Dataplane.Tests.Fuzz;

/// <summary>The parser of frames. Each frame ends before memory that kills the process when it is read; the
/// quick parse of common packets must agree with the whole one.</summary>
internal sealed class FrameTarget : FuzzTarget
{
    private static readonly LinkType[] LinkTypes = Enum.GetValues<LinkType>();
    private readonly GuardedFrames _memory = new();

    public override string Name => "frame parser";

    public override int Share => 280_000;

    public override int QuickCount => 40_000;

    /// <summary>The first byte chooses the link type.</summary>
    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. FrameSeeds.All(Path.Combine(Corpus.Root, "installer", "demo"))
            .SelectMany(frames => frames.Take(24))
            .Select(frame => (byte[])[(byte)Array.IndexOf(LinkTypes, frame.LinkType), .. frame.Bytes])];

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        PacketBytes frame = _memory.Put(0, input[1..]);
        Packet packet = PacketOf(frame, LinkTypes[input[0] % LinkTypes.Length]);
        DropReason reason = PacketParser.Parse(ref packet);
        if (reason == DropReason.None && packet.IpVersion != 0)
        {
            CheckPlaces(in packet, frame.Length);
        }

        Packet common = PacketOf(frame, packet.LinkType);
        if (PacketParser.TryParseCommon(ref common, out _)
            && (reason != DropReason.None || common.Protocol != packet.Protocol
                || common.SourcePort != packet.SourcePort || common.DestinationPort != packet.DestinationPort
                || common.PayloadOffset != packet.PayloadOffset
                || common.PayloadLength != packet.PayloadLength))
        {
            throw new InvalidOperationException($"The quick parse differs from the whole one ({reason}).");
        }

        return ((ulong)reason << 32) | ((ulong)packet.Protocol << 16) | ((ulong)packet.IpVersion << 8)
            | (ushort)packet.Flags;
    }

    public override void Dispose()
    {
        _memory.Dispose();
        base.Dispose();
    }

    private static Packet PacketOf(PacketBytes frame, LinkType linkType) => new()
    {
        Frame = frame,
        WireLength = (uint)frame.Length,
        LinkType = linkType,
    };

    private static void CheckPlaces(in Packet packet, int length)
    {
        int end = packet.PayloadOffset + packet.PayloadLength;
        if (packet.PayloadLength < 0 || end > length)
        {
            throw new InvalidOperationException($"The payload ends at {end} of {length}.");
        }

        // Reading it must be allowed, too.
        _ = packet.Layer3.Span.Length;
    }
}
