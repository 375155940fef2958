using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataplane.Events;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>How an event of one type is written in EVE: its name and its fields,
/// made once for each type.</summary>
internal sealed class EventLineLayout
{
    private static readonly EventLineLayout[] Layouts =
        [.. EventTree.Types.Select(t => new EventLineLayout(t))];

    private readonly BodyField[] _bodyFields;
    private readonly (byte[] Name, SideFieldType Type)[] _sideFields;

    private EventLineLayout(EventTypeEntry type)
    {
        Name = Encoding.UTF8.GetBytes(type.Path[(type.Path.LastIndexOf('/') + 1)..].ToLowerInvariant());
        _bodyFields = [.. EventFields.Of(type.Id).Select(BodyField.Of)];
        _sideFields = [.. type.SideFields.Select(f => (Encoding.UTF8.GetBytes(SnakeCase(f.Name)), f.Type))];
    }

    /// <summary>The <c>event_type</c>: the last part of the printed path in small letters.</summary>
    public byte[] Name { get; }

    public static EventLineLayout Of(ushort type) => Layouts[type];

    /// <summary>Writes the body's and the side block's fields as an object under the event's name.</summary>
    public void WriteBody(Utf8JsonWriter json, in EventRecord record, ReadOnlySpan<byte> sideBlock)
    {
        json.WriteStartObject(Name);
        ReadOnlySpan<byte> body = Reinterpret.BytesOf(in record.Body);
        foreach (BodyField field in _bodyFields)
        {
            field.Write(json, body);
        }
        var side = new SideBlockReader(sideBlock);
        foreach ((byte[] name, SideFieldType type) in _sideFields)
        {
            switch (type)
            {
                case SideFieldType.UInt32:
                    json.WriteNumber(name, side.ReadUInt32());
                    break;
                case SideFieldType.UInt64:
                    json.WriteNumber(name, side.ReadUInt64());
                    break;
                default:
                    json.WriteString(name, side.ReadText());
                    break;
            }
        }
        json.WriteEndObject();
    }

    private static string SnakeCase(string name) => string.Concat(name.Select((c, i) =>
        char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLower(c, CultureInfo.InvariantCulture)
        : c.ToString()));

    private sealed record BodyField(byte[] Name, int Offset, int Bytes, byte[]?[]? Words)
    {
        public static BodyField Of(EventFieldEntry field) => new(
            Encoding.UTF8.GetBytes(SnakeCase(field.Name)), field.Offset, SizeOf(field.Type),
            WordsOf(field.Words));

        public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> body)
        {
            ReadOnlySpan<byte> place = body.Slice(Offset, Bytes);
            ulong value = Bytes switch
            {
                1 => place[0],
                2 => Reinterpret.Read<ushort>(place),
                4 => Reinterpret.Read<uint>(place),
                _ => Reinterpret.Read<ulong>(place),
            };
            if (Words is not null && value < (ulong)Words.Length && Words[value] is { } word)
            {
                json.WriteString(Name, word);
            }
            else
            {
                json.WriteNumber(Name, value);
            }
        }

        private static int SizeOf(Type type) => Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => 1,
            TypeCode.UInt16 => 2,
            TypeCode.UInt32 => 4,
            TypeCode.UInt64 => 8,
            _ => throw new ArgumentException(
            $"An event's field cannot be a {type.Name}; use an unsigned number."),
        };

        private static byte[]?[]? WordsOf(Type? words)
        {
            if (words is null)
            {
                return null;
            }
            var known = Enum.GetValues(words).Cast<object>().ToDictionary(
                value => Convert.ToInt32(value, CultureInfo.InvariantCulture), value => value.ToString()!);
            var names = new byte[]?[known.Keys.Max() + 1];
            foreach ((int value, string name) in known)
            {
                names[value] = Encoding.UTF8.GetBytes(SnakeCase(name));
            }
            return names;
        }
    }
}
