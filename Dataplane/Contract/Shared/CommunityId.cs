using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dataplane.Contract.Shared;

/// <summary>Community ID 1.0 of a 5-tuple: the same text in every tool that sees the flow.</summary>
/// <remarks>Source: corelight/community-id-spec. Ports of ICMP are its type and code.</remarks>
public static class CommunityId
{
    /// <summary>Every id has this length: version, colon, base64 of 20 bytes.</summary>
    public const int TextBytes = 30;

    private const int AddressBytesMax = 16;

    /// <summary>Addresses have 4 or 16 bytes, both the same; seed 0 unless a site has its own.</summary>
    public static string Of(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ushort sourcePort, ushort destinationPort,
        byte protocol, ushort seed = 0)
    {
        Span<byte> utf8 = stackalloc byte[TextBytes];
        Format(source, destination, sourcePort, destinationPort, protocol, utf8, seed);
        return Encoding.ASCII.GetString(utf8);
    }

    /// <summary>The same as bytes of text, without allocating.</summary>
    public static void Format(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ushort sourcePort, ushort destinationPort,
        byte protocol, Span<byte> utf8, ushort seed = 0)
    {
        bool oneWay = false;
        if (protocol is 1 or 58)
        {
            int answer = Counterpart(protocol, (byte)sourcePort);
            oneWay = answer < 0;
            destinationPort = oneWay ? destinationPort : (ushort)answer;
        }
        int order = source.SequenceCompareTo(destination);
        bool swap = !oneWay && (order > 0 || (order == 0 && sourcePort > destinationPort));
        Span<byte> text = stackalloc byte[2 + (2 * AddressBytesMax) + 2 + 4];
        int at = 0;
        BinaryPrimitives.WriteUInt16BigEndian(text, seed);
        at += 2;
        ReadOnlySpan<byte> first = swap ? destination : source;
        ReadOnlySpan<byte> second = swap ? source : destination;
        first.CopyTo(text[at..]);
        at += first.Length;
        second.CopyTo(text[at..]);
        at += second.Length;
        text[at++] = protocol;
        text[at++] = 0;
        if (protocol is 1 or 6 or 17 or 58 or 132)
        {
            BinaryPrimitives.WriteUInt16BigEndian(text[at..], swap ? destinationPort : sourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(text[(at + 2)..], swap ? sourcePort : destinationPort);
            at += 4;
        }
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The specification asks for SHA-1; nothing here is secret.
        SHA1.HashData(text[..at], hash);
#pragma warning restore CA5350
        "1:"u8.CopyTo(utf8);
        Base64.EncodeToUtf8(hash, utf8[2..], out _, out _);
    }

    /// <summary>The type that answers an ICMP type, or -1 for types without an answer.</summary>
    private static int Counterpart(byte protocol, byte type) => (protocol, type) switch
    {
        (1, 8) => 0,
        (1, 0) => 8,
        (1, 13) => 14,
        (1, 14) => 13,
        (1, 15) => 16,
        (1, 16) => 15,
        (1, 17) => 18,
        (1, 18) => 17,
        (1, 10) => 9,
        (1, 9) => 10,
        (58, 128) => 129,
        (58, 129) => 128,
        (58, 133) => 134,
        (58, 134) => 133,
        (58, 135) => 136,
        (58, 136) => 135,
        (58, 130) => 131,
        (58, 131) => 130,
        (58, 144) => 145,
        (58, 145) => 144,
        _ => -1,
    };
}
