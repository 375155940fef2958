using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dataplane.Contract.Configuration;

/// <summary>
/// Reads a document from JSON and reports every field that is unknown, missing or of the wrong type.
/// </summary>
/// <remarks>The serializer alone stops at the first fault; an operator wants all of them at once.</remarks>
public static class DocumentReader
{
    /// <summary>A document larger than this is refused before it is read.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    /// <summary>Depth of nesting that any real document stays far below.</summary>
    private const int DepthMax = 32;

    /// <summary>The document, or null with at least one fault.</summary>
    public static ConfigurationDocument? Read(ReadOnlyMemory<byte> utf8Json,
        out IReadOnlyList<ConfigFault> faults)
    {
        if (utf8Json.Length > BytesMax)
        {
            faults = [new ConfigFault("", "too-large", $"The document has {utf8Json.Length} bytes; at most "
                + $"{BytesMax} are read.", "Move rules into rule files.")];
            return null;
        }
        try
        {
            using JsonDocument json = JsonDocument.Parse(utf8Json, new JsonDocumentOptions
            {
                AllowTrailingCommas = false,
                MaxDepth = DepthMax,
            });
            return Read(json.RootElement, out faults);
        }
        catch (JsonException error)
        {
            faults = [new ConfigFault("", "not-json",
                $"The document is not JSON: line {error.LineNumber + 1}, "
                + $"column {error.BytePositionInLine + 1}.", "Correct the text at that place.")];
            return null;
        }
    }

    /// <summary>The document, or null with at least one fault.</summary>
    public static ConfigurationDocument? Read(JsonElement json, out IReadOnlyList<ConfigFault> faults)
    {
        if (!IsUnicode(json))
        {
            faults = [new ConfigFault("", "not-unicode", "A name or text of the document is not Unicode.",
                "Write the document in UTF-8, and no half of a surrogate pair (\\ud800 to \\udfff).")];
            return null;
        }
        JsonTypeInfo<ConfigurationDocument> type = ConfigurationJson.Default.ConfigurationDocument;
        var found = new List<ConfigFault>();
        Check(json, type, "", found);
        faults = found;
        return found.Count == 0 ? json.Deserialize(type) : null;
    }

    // The parser checks the grammar alone: bytes inside texts are first read when somebody asks for them.
    private static bool IsUnicode(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.Object =>
                    json.EnumerateObject().All(member => member.Name.Length >= 0 && IsUnicode(member.Value)),
                JsonValueKind.Array => json.EnumerateArray().All(IsUnicode),
                JsonValueKind.String => json.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Adds a fault for each unknown, missing or ill-typed field of a value that is to become that type.
    /// </summary>
    public static void Check(JsonElement json, JsonTypeInfo type, string path,
        ICollection<ConfigFault> faults)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                WalkObject(json, type, path, faults);
                break;
            case JsonTypeInfoKind.Enumerable:
                WalkList(json, type, path, faults);
                break;
            case JsonTypeInfoKind.Dictionary:
                WalkMap(json, type, path, faults);
                break;
            default:
                CheckValue(json, type, path, faults);
                break;
        }
    }

    private static void WalkObject(JsonElement json, JsonTypeInfo type, string path,
        ICollection<ConfigFault> faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(WrongType(path, "an object", json));
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            string memberPath = $"{path}/{Escape(member.Name)}";
            if (!seen.Add(member.Name))
            {
                faults.Add(
                    new ConfigFault(memberPath, "duplicate-field", $"The field {member.Name} is there twice.",
                    "Leave one of them out."));
            }
            JsonPropertyInfo? known = type.Properties.FirstOrDefault(p => p.Name == member.Name);
            if (known is null)
            {
                string names = string.Join(", ", type.Properties.Select(p => p.Name));
                faults.Add(
                    new ConfigFault(memberPath, "unknown-field", $"There is no field {member.Name} here.",
                    $"Remove it, or use one of: {names}."));
            }
            else if (json.ValueKind == JsonValueKind.Null || member.Value.ValueKind == JsonValueKind.Null)
            {
                CheckNull(known, memberPath, faults);
            }
            else
            {
                Check(member.Value, type.Options.GetTypeInfo(known.PropertyType), memberPath, faults);
            }
        }
        foreach (JsonPropertyInfo needed in type.Properties.Where(p => p.IsRequired
            && !seen.Contains(p.Name)))
        {
            faults.Add(new ConfigFault(path, "missing-field", $"The field {needed.Name} is missing.",
                $"Add {needed.Name}."));
        }
    }

    private static void WalkList(JsonElement json, JsonTypeInfo type, string path,
        ICollection<ConfigFault> faults)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            faults.Add(WrongType(path, "a list", json));
            return;
        }
        JsonTypeInfo element = type.Options.GetTypeInfo(type.ElementType!);
        int index = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            Check(item, element, $"{path}/{index}", faults);
            index++;
        }
    }

    private static void WalkMap(JsonElement json, JsonTypeInfo type, string path,
        ICollection<ConfigFault> faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(WrongType(path, "an object", json));
            return;
        }
        JsonTypeInfo element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            Check(member.Value, element, $"{path}/{Escape(member.Name)}", faults);
        }
    }

    private static void CheckValue(JsonElement json, JsonTypeInfo type, string path,
        ICollection<ConfigFault> faults)
    {
        Type plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (plain.IsEnum)
        {
            string[] names = [.. Enum.GetValues(plain).Cast<object>().Select(v =>
                JsonSerializer.SerializeToElement(v, type.Options.GetTypeInfo(plain)).GetString()!)];
            if (json.ValueKind != JsonValueKind.String || !names.Contains(json.GetString()))
            {
                faults.Add(
                    new ConfigFault(path, "wrong-value", $"{json.GetRawText()} is not one of the values "
                    + "that this field takes.", $"Use one of: {string.Join(", ", names)}."));
            }
            return;
        }
        try
        {
            json.Deserialize(type);
        }
        catch (JsonException)
        {
            faults.Add(WrongType(path, plain == typeof(string) ? "a text" : "a whole number", json));
        }
    }

    private static void CheckNull(JsonPropertyInfo property, string path, ICollection<ConfigFault> faults)
    {
        if (!property.IsSetNullable)
        {
            faults.Add(new ConfigFault(path, "wrong-type", $"The field {property.Name} cannot be null.",
                $"Give {property.Name} a value, or leave it out."));
        }
    }

    private static ConfigFault WrongType(string path, string expected, JsonElement json)
        => new(path, "wrong-type",
            $"Expected {expected}, found {json.ValueKind.ToString().ToLowerInvariant()}.",
            $"Write {expected}.");

    private static string Escape(string name)
        => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
