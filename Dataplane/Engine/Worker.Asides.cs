using System.Runtime.CompilerServices;
using Dataplane.Counters;
using Dataplane.Flows;
using Dataplane.Inspection.Decoding;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <content>What is besides a packet's own flow: the tunnel it came in, the fragment it was completed by, and
/// packets that go no further because of their headers.</content>
public sealed partial class Worker
{
    private readonly PacketBurst _strays = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private DropReason HandleAside(int index)
    {
        DropReason reason = HandleOthers(index);
        return reason == DropReason.None
            ? _path.Handle(_burst, index, in _keys[index], _guesses[index])
            : reason;
    }

    /// <summary>All but the packet's own flow.</summary>
    private DropReason HandleOthers(int index)
    {
        PacketAside aside = _asides[index];
        DropReason reason = _reasons[index];
        if ((aside & PacketAside.Stray) != 0 && _runner.HearsStrays)
        {
            DropReason said = HandleStray(index, reason);
            reason = reason == DropReason.None ? said : reason;
        }

        return reason == DropReason.None && (aside & PacketAside.Outer) != 0 ? HandleOuter(index) : reason;
    }

    private void NoteAside(int index, bool isFragment, bool isDoubtful)
    {
        PacketAside aside = isDoubtful ? PacketAside.Stray : PacketAside.None;
        if (_layer23.HasOuter)
        {
            aside = PacketAside.Outer;
            _outers[index] = _layer23.Outer;
        }

        if (isFragment || _reasons[index] != DropReason.None)
        {
            aside |= PacketAside.Stray;
            aside |= isFragment && _layer23.HadOverlap ? PacketAside.Overlaps : PacketAside.None;
        }

        _asides[index] = aside;
    }

    // A tunnel is a flow of its own, with subscribers who may drop what it carries.
    private DropReason HandleOuter(int index)
    {
        FlowKey key = default;
        _hash.Fill(ref _outers[index], ref key);

        // The packet inside lies in the same buffer, so nobody may look at this one any more then.
        return _runner.Settle(_path.Handle(_outers, index, in key, FlowTable.None));
    }

    /// <summary>The frame as it came, read again as far as its headers go; then the datagram that it
    /// completed, if that one cannot be read.</summary>
    private DropReason HandleStray(int index, DropReason reason)
    {
        ref Packet packet = ref _burst[index];
        bool isWhole = (packet.Flags & PacketFlags.Reassembled) != 0;
        DropReason said = TellStray(index, _frames[index], isWhole);
        if (said == DropReason.None && isWhole && reason != DropReason.None)
        {
            said = TellStray(index, packet.Frame, isWhole: false);
        }

        return said;
    }

    private DropReason TellStray(int index, PacketBytes frame, bool isWhole)
    {
        ref Packet stray = ref _strays[index];
        stray = _burst[index];
        stray.Frame = frame;
        stray.WireLength = isWhole ? (uint)frame.Length : stray.WireLength;
        DropReason fault = PacketParser.Parse(ref stray);
        bool isFragment = fault == DropReason.None && (stray.Flags & PacketFlags.Fragment) != 0;
        fault = fault == DropReason.None && !isFragment ? DoubtOf(in stray) : fault;
        if ((!isFragment && fault == DropReason.None) || !HasIpHeader(ref stray))
        {
            return DropReason.None;
        }

        stray.Flags |= isFragment ? PacketFlags.None : PacketFlags.NoLayer4;
        FragmentRole role = (_asides[index] & PacketAside.Overlaps) != 0 ? FragmentRole.Overlaps
            : isWhole ? FragmentRole.Completes : FragmentRole.Waits;
        return _runner.Settle(_path.HandleStray(_strays, index, fault, role));
    }

    /// <summary>Where the IP header begins, for a packet whose header was not believed.</summary>
    private static bool HasIpHeader(ref Packet packet)
    {
        if (packet.IpVersion != 0)
        {
            return true;
        }

        packet.WireEnd = packet.WireLength;
        if (LinkLayer.Parse(ref packet, out int layer3) != DropReason.None || layer3 < 0)
        {
            return false;
        }

        packet.L3Offset = (ushort)layer3;
        packet.IpVersion = (byte)(packet.EtherType == EtherTypes.Ipv6 ? 6 : 4);
        return true;
    }

    /// <summary>Why a stricter reader would not believe a header that we do.</summary>
    private static DropReason DoubtOf(ref readonly Packet packet) =>
        packet.IpVersion == 0 || !DecodeChecks.IsDoubtful(packet.Layer3.Span) ? DropReason.None
            : packet.IpVersion == 6 ? DropReason.Ipv6HeaderTruncated : DropReason.Ipv4BadHeaderLength;
}
