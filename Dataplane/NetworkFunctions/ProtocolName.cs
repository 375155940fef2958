using System.Runtime.CompilerServices;
using System.Text;
using Dataplane.Events.Applications;

namespace Dataplane.NetworkFunctions;

/// <summary>A protocol's name in small letters, ASCII, at most 24 bytes and zeroes behind it.</summary>
[InlineArray(BytesMax)]
public struct ProtocolName
{
    /// <summary>Longest name kept.</summary>
    public const int BytesMax = 24;

    private byte _first;

    /// <summary>The part of an nDPI name before the dot, in small letters:
    /// "TLS.YouTube" gives "tls".</summary>
    public static ProtocolName OfMaster(ReadOnlySpan<byte> name)
    {
        ProtocolName result = default;
        int dot = name.IndexOf((byte)'.');
        ReadOnlySpan<byte> master = dot < 0 ? name : name[..dot];
        Ascii.ToLower(master[..Math.Min(master.Length, BytesMax)], result, out _);
        return result;
    }

    /// <summary>The name of a protocol that parsers know.</summary>
    public static ProtocolName Of(AppProtocol protocol)
    {
        ProtocolName result = default;
        _ = Encoding.ASCII.GetBytes(AppProtocols.NameOf(protocol), result);
        return result;
    }

    /// <summary>The name's bytes without the zeroes.</summary>
    public static ReadOnlySpan<byte> Text(in ProtocolName name)
    {
        ReadOnlySpan<byte> bytes = name;
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }
}
