using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>A filter over what is constant for a flow, compiled from BPF syntax;
/// tried once for each flow.</summary>
/// <remarks>
/// A flow has no direction here: it is taken when the expression is true of its packets in one direction or
/// the
/// other. Tags and tunnels are already off: <c>tcp port 80</c> is true inside VLANs, too,
/// other than in libpcap.
/// </remarks>
public abstract class FlowFilter
{
    /// <summary>Takes every flow.</summary>
    public static readonly FlowFilter Everything = new Constant();

    /// <summary>True when the flow is one that the filter takes,
    /// whichever end sent the packet at hand.</summary>
    public bool Matches(in FlowKey key) =>
        IsTrue(in key, FlowDirection.Forward) || IsTrue(in key, FlowDirection.Reverse);

    /// <summary>Compiles a filter; empty text takes everything.</summary>
    /// <param name="text">The filter.</param>
    /// <param name="filter">The compiled filter; <see cref="Everything"/> when the text is wrong.</param>
    /// <param name="fault">What is wrong and where; null when nothing is.</param>
    public static bool TryParse(string text, out FlowFilter filter, out string? fault) =>
        FlowFilterParser.TryParse(text, out filter, out fault);

    /// <summary>True of packets of the flow that go from A to B (Forward) or from B to A.</summary>
    internal abstract bool IsTrue(in FlowKey key, FlowDirection direction);

    private sealed class Constant : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction) => true;
    }

    internal sealed class Not(FlowFilter inner) : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction) =>
            !inner.IsTrue(in key, direction);
    }

    internal sealed class And(FlowFilter left, FlowFilter right) : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction) =>
            left.IsTrue(in key, direction) && right.IsTrue(in key, direction);
    }

    internal sealed class Or(FlowFilter left, FlowFilter right) : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction) =>
            left.IsTrue(in key, direction) || right.IsTrue(in key, direction);
    }

    /// <summary>IP version and protocol; 0 stands for any.</summary>
    internal sealed class Protocol(byte version, int protocol) : FlowFilter
    {
        public const int Any = -1;

        internal override bool IsTrue(in FlowKey key, FlowDirection direction) =>
            (version == 0 || key.IpVersion == version) && (protocol == Any || key.Protocol == protocol);
    }

    /// <summary>A tag with that id, or any tag.</summary>
    internal sealed class VlanTag(int id) : FlowFilter
    {
        public const int Any = -1;

        internal override bool IsTrue(in FlowKey key, FlowDirection direction) =>
            id == Any ? key.Vlan != 0 || key.InnerVlan != 0 : key.Vlan == id || key.InnerVlan == id;
    }

    /// <summary>Ports of TCP, UDP and SCTP.</summary>
    internal sealed class Ports(FlowEnds ends, ushort from, ushort to) : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction)
        {
            if (key.Protocol is not (6 or 17 or 132))
            {
                return false;
            }

            bool a = key.PortA >= from && key.PortA <= to;
            bool b = key.PortB >= from && key.PortB <= to;
            return Ends(ends, direction, a, b);
        }
    }

    /// <summary>Addresses of one IP version under a mask, both as two words in network order.</summary>
    internal sealed class Addresses(FlowEnds ends, byte version, UInt128 network, UInt128 mask) : FlowFilter
    {
        internal override bool IsTrue(in FlowKey key, FlowDirection direction)
        {
            if (key.IpVersion != version)
            {
                return false;
            }

            bool a = (FlowFilterAddress.Of(key.AddressAHigh, key.AddressALow) & mask) == network;
            bool b = (FlowFilterAddress.Of(key.AddressBHigh, key.AddressBLow) & mask) == network;
            return Ends(ends, direction, a, b);
        }
    }

    private static bool Ends(FlowEnds ends, FlowDirection direction, bool a, bool b)
    {
        bool source = direction == FlowDirection.Forward ? a : b;
        bool destination = direction == FlowDirection.Forward ? b : a;
        return ends switch
        {
            FlowEnds.Source => source,
            FlowEnds.Destination => destination,
            FlowEnds.Both => source && destination,
            _ => source || destination,
        };
    }
}

/// <summary>From A to B, or back.</summary>
internal enum FlowDirection : byte
{
    Forward,
    Reverse,
}

/// <summary>Which end a test is about.</summary>
internal enum FlowEnds : byte
{
    Either,
    Source,
    Destination,
    Both,
}

/// <summary>Addresses of keys as numbers whose first bit is the address's first bit.</summary>
internal static class FlowFilterAddress
{
    /// <summary>The two words of a key, which hold network order as the machine reads it.</summary>
    public static UInt128 Of(ulong high, ulong low)
    {
        if (BitConverter.IsLittleEndian)
        {
            high = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(high);
            low = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(low);
        }

        return new UInt128(high, low);
    }
}
