using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>Generated traffic in native memory; each loop over it can have clients of its own.</summary>
/// <remarks>Frames are handed out where they lie: NFs of the experiments do not write.</remarks>
public sealed class TrafficSet : IDisposable
{
    private const int SourceOffset = TrafficFrame.Layer3Offset + 12;
    private const int DestinationOffset = TrafficFrame.Layer3Offset + 16;
    private const int IpChecksumOffset = TrafficFrame.Layer3Offset + 10;
    private const int TcpChecksumOffset = TrafficFrame.Layer4Offset + 16;
    private const int UdpChecksumOffset = TrafficFrame.Layer4Offset + 6;
    private const int Loops = 256;
    private const ushort ClientNet = 10 << 8;
    private int _loop;

    /// <summary>Generates the set.</summary>
    public TrafficSet(TrafficOptions options, SignatureSet signatures)
    {
        Signatures = signatures;
        (Frames, Truth) = TrafficGenerator.Generate(options, signatures);
        Store = new FrameStore(Frames.Select(frame => new Testing.Frame(frame.TimeNs, frame.Bytes)));
    }

    public SignatureSet Signatures { get; }

    public TrafficTruth Truth { get; }

    /// <summary>What each frame of the store is; their bytes are those of loop 0.</summary>
    public IReadOnlyList<TrafficFrame> Frames { get; }

    public FrameStore Store { get; }

    public string Name => Truth.Options.Kind.ToString();

    /// <summary>Gives all clients the addresses of the next loop, in place, checksums too, so that each
    /// loop brings new flows.</summary>
    public void NextLoop()
    {
        ushort before = (ushort)(ClientNet | (_loop % Loops));
        ushort after = (ushort)(ClientNet | (++_loop % Loops));
        for (int i = 0; i < Frames.Count; i++)
        {
            PacketBytes bytes = Store.Frames[i];
            int place = Frames[i].Sender == Side.Client ? SourceOffset : DestinationOffset;
            bytes.WriteUInt16(place, after);
            Adjust(bytes, IpChecksumOffset, before, after);
            Adjust(bytes, Frames[i].IsTcp ? TcpChecksumOffset : UdpChecksumOffset, before, after);
        }
    }

    public void Dispose() => Store.Dispose();

    // RFC 1624, equation 3.
    private static void Adjust(PacketBytes frame, int place, ushort before, ushort after)
    {
        uint sum = (ushort)~frame.ReadUInt16(place) + (uint)(ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        frame.WriteUInt16(place, (ushort)~sum);
    }
}
