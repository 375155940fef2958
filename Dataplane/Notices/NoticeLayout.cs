using System.Buffers.Binary;
using Dataplane.Contract.Catalog;
using Dataplane.Events;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>
/// How the body of a notice of one type lies in the spool: the event's 24 bytes, a fixed place for each field
/// of its side block, then the texts. Made once for each type; the catalogue tells readers the same.
/// </summary>
public sealed class NoticeLayout
{
    /// <summary>The longest body: record body, fields, and a side block's worth of texts.</summary>
    public const int BodyBytesMax = 1_024;

    private static readonly NoticeLayout[] Layouts =
        [.. EventTree.Types.Select(type => new NoticeLayout(type))];

    private readonly (SideFieldType Type, int Offset)[] _places;
    private readonly int _fixedBytes;

    private NoticeLayout(EventTypeEntry type)
    {
        int offset = EventTree.BodyBytesMax;
        _places = new (SideFieldType, int)[type.SideFields.Count];
        var fields = new List<EventField>();
        for (int i = 0; i < _places.Length; i++)
        {
            (int bytes, string name) = PlaceOf(type.SideFields[i].Type);
            offset = (offset + bytes - 1) & -bytes;
            _places[i] = (type.SideFields[i].Type, offset);
            fields.Add(new EventField(type.SideFields[i].Name, name, offset));
            offset += bytes;
        }
        _fixedBytes = offset;
        Fields = fields;
    }

    /// <summary>The fields that the side block adds, with their places in the body.</summary>
    public IReadOnlyList<EventField> Fields { get; }

    public static NoticeLayout Of(ushort type) => Layouts[type];

    /// <summary>Lays the body out and answers its length; texts that do not fit are cut.</summary>
    public int Encode(in EventRecord record, ReadOnlySpan<byte> sideBlock, Span<byte> body)
    {
        body[.._fixedBytes].Clear();
        Reinterpret.BytesOf(in record.Body).CopyTo(body);
        var side = new SideBlockReader(sideBlock);
        int end = _fixedBytes;
        foreach ((SideFieldType type, int offset) in _places)
        {
            Span<byte> place = body[offset..];
            switch (type)
            {
                case SideFieldType.UInt32:
                    BinaryPrimitives.WriteUInt32LittleEndian(place, side.ReadUInt32());
                    break;
                case SideFieldType.UInt64:
                    BinaryPrimitives.WriteUInt64LittleEndian(place, side.ReadUInt64());
                    break;
                default:
                    AppendText(side.ReadText(), body, place, ref end);
                    break;
            }
        }
        return end;
    }

    private static void AppendText(ReadOnlySpan<byte> text, Span<byte> body, Span<byte> place, ref int end)
    {
        int room = body.Length - end - sizeof(ushort);
        if (text.IsEmpty || room <= 0)
        {
            return; // position 0 stands for no text
        }
        text = text[..Math.Min(text.Length, room)];
        BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)end);
        BinaryPrimitives.WriteUInt16LittleEndian(body[end..], (ushort)text.Length);
        text.CopyTo(body[(end + sizeof(ushort))..]);
        end += sizeof(ushort) + text.Length;
    }

    private static (int Bytes, string Name) PlaceOf(SideFieldType type) => type switch
    {
        SideFieldType.UInt32 => (sizeof(uint), "u32"),
        SideFieldType.UInt64 => (sizeof(ulong), "u64"),
        _ => (sizeof(ushort), "string"),
    };
}
