using System.Text.Json;
using System.Text.Json.Nodes;
using MessagePack;
using MessagePack.Formatters;

namespace ControlApi.Live;

/// <summary>JSON as MessagePack and back: objects are maps with the same names as over JSON.</summary>
public sealed class JsonElementFormatter : IMessagePackFormatter<JsonElement>
{
    private const int DepthMax = 32;

    public void Serialize(ref MessagePackWriter writer, JsonElement value,
        MessagePackSerializerOptions options)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteMapHeader(value.GetPropertyCount());
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    writer.Write(member.Name);
                    Serialize(ref writer, member.Value, options);
                }
                break;
            case JsonValueKind.Array:
                writer.WriteArrayHeader(value.GetArrayLength());
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Serialize(ref writer, item, options);
                }
                break;
            case JsonValueKind.String:
                writer.Write(value.GetString());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long whole):
                writer.Write(whole);
                break;
            case JsonValueKind.Number when value.TryGetUInt64(out ulong large):
                writer.Write(large);
                break;
            case JsonValueKind.Number:
                writer.Write(value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Write(value.GetBoolean());
                break;
            default:
                writer.WriteNil();
                break;
        }
    }

    public JsonElement Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        JsonNode? node = ReadNode(ref reader, 0);
        return JsonSerializer.SerializeToElement(node);
    }

    private static JsonNode? ReadNode(ref MessagePackReader reader, int depth)
    {
        if (depth > DepthMax)
        {
            throw new MessagePackSerializationException($"Messages are nested at most {DepthMax} deep.");
        }
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map:
                var map = new JsonObject();
                for (int left = reader.ReadMapHeader(); left > 0; left--)
                {
                    string name = reader.ReadString() ?? "";
                    map[name] = ReadNode(ref reader, depth + 1);
                }
                return map;
            case MessagePackType.Array:
                var list = new JsonArray();
                for (int left = reader.ReadArrayHeader(); left > 0; left--)
                {
                    list.Add(ReadNode(ref reader, depth + 1));
                }
                return list;
            case MessagePackType.String:
                return JsonValue.Create(reader.ReadString());
            case MessagePackType.Integer:
                return JsonValue.Create(reader.ReadInt64());
            case MessagePackType.Float:
                return JsonValue.Create(reader.ReadDouble());
            case MessagePackType.Boolean:
                return JsonValue.Create(reader.ReadBoolean());
            default:
                reader.Skip();
                return null;
        }
    }
}
