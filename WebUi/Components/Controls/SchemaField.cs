using System.Text.Json;

namespace WebUi.Components.Controls;

/// <summary>One property of an options schema, as a form shows it.</summary>
public sealed record SchemaField(string Name, SchemaFieldKind Kind)
{
    public string Description { get; init; } = "";

    /// <summary>What holds when the document says nothing, as text.</summary>
    public string Default { get; init; } = "";

    public string? Minimum { get; init; }

    public string? Maximum { get; init; }

    /// <summary>The values of a choice.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    public bool IsRequired { get; init; }

    /// <summary>The properties of a JSON Schema of an object, in its order.</summary>
    public static IReadOnlyList<SchemaField> Read(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out JsonElement properties))
        {
            return [];
        }
        HashSet<string> required = schema.TryGetProperty("required", out JsonElement names)
            ? [.. names.EnumerateArray().Select(name => name.GetString() ?? "")]
            : [];
        return [.. properties.EnumerateObject().Select(
            property => Of(property, required.Contains(property.Name)))];
    }

    private static SchemaField Of(JsonProperty property, bool isRequired)
    {
        JsonElement schema = property.Value;
        IReadOnlyList<string> values = schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("enum", out JsonElement choices)
            ? [.. choices.EnumerateArray().Where(IsText).Select(one => one.GetString()!)]
            : [];
        return new SchemaField(property.Name, values.Count > 0 ? SchemaFieldKind.Choice : KindOf(schema))
        {
            Description = Text(schema, "description") ?? "",
            Default = Text(schema, "default") ?? "",
            Minimum = Text(schema, "minimum"),
            Maximum = Text(schema, "maximum"),
            Values = values,
            IsRequired = isRequired,
        };
    }

    // A type may be one word or several, such as ["string","null"]; null adds nothing to a form.
    private static SchemaFieldKind KindOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out JsonElement type))
        {
            return SchemaFieldKind.Json;
        }
        IEnumerable<string?> words = type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(word => word.GetString())
            : [type.GetString()];
        string[] kinds = [.. words.OfType<string>().Where(word => word != "null")];
        if (kinds.Contains("integer") || kinds.Contains("number"))
        {
            return SchemaFieldKind.Number;
        }
        return kinds switch
        {
            ["boolean"] => SchemaFieldKind.Switch,
            ["string"] => SchemaFieldKind.Text,
            ["array"] when ItemsAreText(schema) => SchemaFieldKind.Lines,
            _ => SchemaFieldKind.Json,
        };
    }

    private static bool ItemsAreText(JsonElement schema) =>
        schema.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Object
        && items.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
        && type.GetString() == "string";

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static string? Text(JsonElement schema, string name)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty(name, out JsonElement value)
            || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
    }
}
