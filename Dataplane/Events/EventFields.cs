using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Dataplane.Events;

/// <summary>The fields of an event type's 24-byte body, ancestors' first: for catalogue,
/// records and predicates.</summary>
public static class EventFields
{
    /// <summary>All fields in the order of their places.</summary>
    public static IReadOnlyList<EventFieldEntry> Of(ushort type) => Of(EventTree.Types[type].Body, 0);

    private static List<EventFieldEntry> Of(Type body, int start)
    {
        var fields = new List<EventFieldEntry>();
        foreach (FieldInfo field in body.GetFields(
            BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
        {
            int offset = start + (int)Marshal.OffsetOf(body, field.Name);
            if (typeof(IEvent).IsAssignableFrom(field.FieldType))
            {
                fields.AddRange(Of(field.FieldType, offset));
                continue;
            }

            Type plain = field.FieldType.IsEnum ? Enum.GetUnderlyingType(field.FieldType) : field.FieldType;
            fields.Add(new EventFieldEntry(
                PropertyName(field.Name), plain, offset, field.FieldType.IsEnum ? field.FieldType : null));
        }

        return [.. fields.OrderBy(field => field.Offset)];
    }

    /// <summary>The record property "MeanPacketBytes" is kept in a field named after it in angle
    /// brackets.</summary>
    private static string PropertyName(string field)
    {
        string name = field.StartsWith('<') ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;
        return name[..1].ToLower(CultureInfo.InvariantCulture) + name[1..];
    }
}

/// <summary>One field of an event body.</summary>
/// <param name="Name">camelCase.</param>
/// <param name="Type">byte, ushort, uint, ulong, int, long or double.</param>
/// <param name="Offset">Bytes from the body's start.</param>
/// <param name="Words">The enum whose names its values have, or null.</param>
public sealed record EventFieldEntry(string Name, Type Type, int Offset, Type? Words);
