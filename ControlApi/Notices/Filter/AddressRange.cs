using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ControlApi.Notices.Filter;

/// <summary>A range of addresses in their stored form: 16 bytes, IPv4 mapped into IPv6.</summary>
internal sealed record AddressRange(byte[] First, byte[] Last)
{
    private const int MappedBits = 96;
    private const int AllBits = 128;

    /// <summary>An address, or a network such as 10.0.0.0/8 or 2001:db8::/32.</summary>
    public static AddressRange? TryParse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string addressText = slash < 0 ? text : text[..slash];
        bool isWritten = addressText.Contains('.', StringComparison.Ordinal)
            || addressText.Contains(':', StringComparison.Ordinal);
        if (!isWritten || !IPAddress.TryParse(addressText, out IPAddress? address))
        {
            return null;
        }
        bool isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        int bits = AllBits;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out int prefix)
                || prefix > (isV4 ? AllBits - MappedBits : AllBits))
            {
                return null;
            }
            bits = prefix + (isV4 ? MappedBits : 0);
        }
        byte[] first = (isV4 ? address.MapToIPv6() : address).GetAddressBytes();
        byte[] last = [.. first];
        for (int bit = bits; bit < AllBits; bit++)
        {
            byte mask = (byte)(0x80 >> (bit % 8));
            first[bit / 8] &= (byte)~mask;
            last[bit / 8] |= mask;
        }
        return new AddressRange(first, last);
    }

    public bool Contains(byte[] address)
        => address.AsSpan().SequenceCompareTo(First) >= 0 && address.AsSpan().SequenceCompareTo(Last) <= 0;
}
