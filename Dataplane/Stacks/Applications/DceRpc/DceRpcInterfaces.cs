using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>The interfaces that a DCE/RPC association was offered and has accepted, by context.</summary>
internal sealed class DceRpcInterfaces
{
    /// <summary>Bytes of one as a buffer: its identifier as it is written, its version, 1 when its bind began
    /// with that fragment.</summary>
    public const int BytesOfOne = 19;

    private const int OfferMax = 64;
    private const int AcceptedMax = 128;
    private const int IdentifierBytes = 16;
    private const int ItemBytes = 24;
    private const int SyntaxBytes = 20;
    private const int ResultBytes = 24;
    private readonly List<(ushort Context, UInt128 Identifier, ushort Version, bool IsFirst)> _offered = [];
    private readonly List<(ushort Context, UInt128 Identifier, ushort Version, bool IsFirst)> _accepted = [];

    public void Clear()
    {
        _offered.Clear();
        _accepted.Clear();
    }

    /// <summary>Reads what a bind offers, behind its header.</summary>
    public void Offer(ReadOnlySpan<byte> body, bool isLittle, bool isFirst)
    {
        _offered.Clear();
        int count = body.Length < 12 ? 0 : body[8];
        body = body.Length < 12 ? default : body[12..];
        for (int i = 0; i < count && body.Length >= ItemBytes && _offered.Count < OfferMax; i++)
        {
            ushort context = UInt16(body, isLittle);
            int syntaxes = body[2];
            UInt128 identifier = Identifier(body.Slice(4, IdentifierBytes), isLittle);
            _offered.Add((context, identifier, UInt16(body[20..], isLittle), isFirst));
            body = body[Math.Min(ItemBytes + (syntaxes * SyntaxBytes), body.Length)..];
        }
    }

    /// <summary>Reads which of the offered ones were accepted.</summary>
    public void Accept(ReadOnlySpan<byte> body, bool isLittle)
    {
        if (body.Length < 10)
        {
            return;
        }
        int results = 10 + UInt16(body[8..], isLittle);
        results = (results + 3) & ~3;
        if (results + 4 > body.Length)
        {
            return;
        }
        int count = body[results];
        ReadOnlySpan<byte> rest = body[(results + 4)..];
        for (int i = 0; i < count && i < _offered.Count && rest.Length >= ResultBytes; i++)
        {
            if (UInt16(rest, isLittle) == 0 && _accepted.Count < AcceptedMax)
            {
                _accepted.Add(_offered[i]);
            }
            rest = rest[ResultBytes..];
        }
    }

    /// <summary>Gives a call the interface of its context.</summary>
    public void Describe(FieldTransaction call, ushort context)
    {
        Span<byte> bytes = stackalloc byte[BytesOfOne];
        foreach ((ushort known, UInt128 identifier, ushort version, bool isFirst) in _accepted)
        {
            if (known == context)
            {
                BinaryPrimitives.WriteUInt128BigEndian(bytes, identifier);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[IdentifierBytes..], version);
                bytes[IdentifierBytes + 2] = (byte)(isFirst ? 1 : 0);
                call.Add(AppBuffer.DcerpcInterface, Side.None, bytes);
            }
        }
    }

    /// <summary>The first three parts of an identifier are in the sender's byte order.</summary>
    private static UInt128 Identifier(ReadOnlySpan<byte> bytes, bool isLittle)
    {
        if (!isLittle)
        {
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }
        ulong high = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32)
            | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 16)
            | BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        return new UInt128(high, BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
