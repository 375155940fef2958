using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>
/// A form drawn from a JSON Schema; empty fields stay out of the document, so defaults go on holding.
/// </summary>
public sealed partial class SchemaForm
{
    private IReadOnlyList<SchemaField> _fields = [];
    private string? _unreadable;
    private string _why = "";

    [Parameter, EditorRequired]
    public JsonElement Schema { get; set; }

    [Parameter, EditorRequired]
    public JsonElement? Value { get; set; }

    /// <summary>The options' place in the document, as faults name it.</summary>
    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    [Parameter]
    public IReadOnlyList<ConfigFault> Faults { get; set; } = [];

    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Names to choose from for properties that name something else in the document.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Choices { get; set; } =
        new Dictionary<string, IReadOnlyList<string>>();

    [Parameter, EditorRequired]
    public EventCallback<JsonElement?> OnChange { get; set; }

    protected override void OnParametersSet() => _fields = SchemaField.Read(Schema);

    private IReadOnlyList<string> ValuesOf(SchemaField field) =>
        Choices.TryGetValue(field.Name, out IReadOnlyList<string>? names) ? names : field.Values;

    private string ValueOf(SchemaField field)
    {
        if (Value is not { ValueKind: JsonValueKind.Object } value
            || !value.TryGetProperty(field.Name, out JsonElement set))
        {
            return field.Kind == SchemaFieldKind.Switch ? field.Default : "";
        }
        return field.Kind switch
        {
            SchemaFieldKind.Lines when set.ValueKind == JsonValueKind.Array =>
                string.Join('\n', set.EnumerateArray().Select(one => one.ToString())),
            SchemaFieldKind.Switch => set.ValueKind == JsonValueKind.True ? "true" : "false",
            SchemaFieldKind.Json => set.GetRawText(),
            _ => set.ToString(),
        };
    }

    private IEnumerable<ConfigFault> FaultsOf(SchemaField field) =>
        Faults.Where(fault => fault.Path == $"{Path}/{field.Name}"
            || fault.Path.StartsWith($"{Path}/{field.Name}/", StringComparison.Ordinal));

    // ruleSet, meanPacketBytes: the document's own names, in words.
    private static string Title(SchemaField field)
    {
        var words = string.Concat(field.Name.Select((c, i) =>
            i > 0 && char.IsAsciiLetterUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));
        return char.ToUpperInvariant(words[0]) + words[1..] + (field.IsRequired ? " (needed)" : "");
    }

    private static string Help(SchemaField field)
    {
        string range = (field.Minimum, field.Maximum) switch
        {
            ({ } low, { } high) => $" From {low} to {high}.",
            ({ } low, null) => $" At least {low}.",
            (null, { } high) => $" At most {high}.",
            _ => "",
        };
        return field.Description + range;
    }

    private Task SetAsync(SchemaField field, string? text)
    {
        JsonObject options = Value is { ValueKind: JsonValueKind.Object } value
            ? JsonObject.Create(value)!
            : [];
        string trimmed = (text ?? "").Trim();
        _unreadable = null;
        options.Remove(field.Name);
        if (trimmed.Length > 0)
        {
            if (Parse(field, trimmed) is not { } node)
            {
                _unreadable = field.Name;
                _why = field.Kind == SchemaFieldKind.Number
                    ? $"{trimmed} is not a number."
                    : "This is not JSON.";
                return Task.CompletedTask;
            }
            options[field.Name] = node;
        }
        return OnChange.InvokeAsync(options.Count == 0 ? null : JsonSerializer.SerializeToElement(options));
    }

    private static JsonValue? ParseNumber(string text)
    {
        if (long.TryParse(text, CultureInfo.InvariantCulture, out long whole))
        {
            return JsonValue.Create(whole);
        }
        return double.TryParse(text, CultureInfo.InvariantCulture, out double number)
            ? JsonValue.Create(number)
            : null;
    }

    private static JsonNode? Parse(SchemaField field, string text)
    {
        switch (field.Kind)
        {
            case SchemaFieldKind.Number:
                return ParseNumber(text);
            case SchemaFieldKind.Switch:
                return JsonValue.Create(text == "true");
            case SchemaFieldKind.Lines:
                string[] lines =
                    text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                return new JsonArray([.. lines.Select(line => (JsonNode?)line)]);
            case SchemaFieldKind.Json:
                try
                {
                    return JsonNode.Parse(text);
                }
                catch (JsonException)
                {
                    return null;
                }
            default:
                return JsonValue.Create(text);
        }
    }
}
