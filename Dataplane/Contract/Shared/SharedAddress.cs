using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>An IP address in shared memory: 16 bytes in network order, IPv4 mapped into IPv6.</summary>
[InlineArray(BytesMax)]
public struct SharedAddress
{
    public const int BytesMax = 16;

    private const int MappedPrefixBytes = 12;

    private byte _first;

    public static SharedAddress OfIpv4(ReadOnlySpan<byte> address)
    {
        SharedAddress mapped = default;
        mapped[10] = 0xFF;
        mapped[11] = 0xFF;
        address[..4].CopyTo(((Span<byte>)mapped)[MappedPrefixBytes..]);
        return mapped;
    }

    public static SharedAddress OfIpv6(ReadOnlySpan<byte> address)
    {
        SharedAddress plain = default;
        address[..BytesMax].CopyTo(plain);
        return plain;
    }

    public static SharedAddress Of(IPAddress address)
        => address.GetAddressBytes() is { Length: 4 } v4 ? OfIpv4(v4) : OfIpv6(address.GetAddressBytes());

    public readonly IPAddress ToIpAddress()
    {
        var address = new IPAddress(MemoryMarshal.CreateReadOnlySpan(in _first, BytesMax));
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
