using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dataplane.Contract.Catalog;

namespace ControlApi.Notices;

/// <summary>
/// Turns a spooled body into JSON by the catalogue's field table. Hostile bodies yield fewer fields.
/// </summary>
public static class BodyReader
{
    private const int AddressBytes = 16;

    /// <summary>Numbers above this lose digits in JavaScript and travel as text.</summary>
    private const ulong SafeIntegerMax = 1UL << 53;

    public static JsonObject Read(EventType type, ReadOnlySpan<byte> body)
    {
        var json = new JsonObject();
        foreach (EventField field in type.Fields.Concat(type.NoticeFields))
        {
            if (ReadField(field, body) is { } value)
            {
                json[field.Name] = value;
            }
        }
        return json;
    }

    private static JsonValue? ReadField(EventField field, ReadOnlySpan<byte> body)
    {
        if (field.Offset < 0 || field.Offset > body.Length)
        {
            return null;
        }
        ReadOnlySpan<byte> at = body[field.Offset..];
        return field.Type switch
        {
            "bool" when at.Length >= 1 => JsonValue.Create(at[0] != 0),
            "u8" when at.Length >= 1 => Named(field, at[0]),
            "u16" when at.Length >= 2 => Named(field, BinaryPrimitives.ReadUInt16LittleEndian(at)),
            "u32" when at.Length >= 4 => Named(field, BinaryPrimitives.ReadUInt32LittleEndian(at)),
            "u64" when at.Length >= 8 => Named(field, BinaryPrimitives.ReadUInt64LittleEndian(at)),
            "i32" when at.Length >= 4 => JsonValue.Create(BinaryPrimitives.ReadInt32LittleEndian(at)),
            "i64" when at.Length >= 8 => JsonValue.Create(BinaryPrimitives.ReadInt64LittleEndian(at)),
            "f64" when at.Length >= 8 => Finite(BinaryPrimitives.ReadDoubleLittleEndian(at)),
            "ip" when at.Length >= AddressBytes => Address(at[..AddressBytes]),
            "string" when at.Length >= 2 => Text(body, BinaryPrimitives.ReadUInt16LittleEndian(at)),
            _ => null,
        };
    }

    private static JsonValue Named(EventField field, ulong number)
        => field.Values is { } values && values.TryGetValue(
            number.ToString(System.Globalization.CultureInfo.InvariantCulture), out string? name)
            ? JsonValue.Create(name)
            : number <= SafeIntegerMax ? JsonValue.Create(number)
            : JsonValue.Create(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static JsonValue? Finite(double number)
        => double.IsFinite(number) ? JsonValue.Create(number) : null;

    private static JsonValue Address(ReadOnlySpan<byte> bytes)
    {
        var address = new IPAddress(bytes);
        return JsonValue.Create((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }

    private static JsonValue? Text(ReadOnlySpan<byte> body, int position)
    {
        if (position == 0 || position + 2 > body.Length)
        {
            return null;
        }
        int length = BinaryPrimitives.ReadUInt16LittleEndian(body[position..]);
        ReadOnlySpan<byte> text = body[(position + 2)..];
        return JsonValue.Create(Encoding.UTF8.GetString(text[..Math.Min(length, text.Length)]));
    }
}
