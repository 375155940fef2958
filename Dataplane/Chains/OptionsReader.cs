using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dataplane.Contract.Configuration;

namespace Dataplane.Chains;

/// <summary>Turns an NF's options from JSON into its Options record,
/// and that record into a JSON Schema.</summary>
public static class OptionsReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The Options record with every default in place; null, with at least one fault,
    /// when it is wrong.</summary>
    /// <param name="manifest">The kind.</param>
    /// <param name="json">Options as the document has them; null means defaults.</param>
    /// <param name="path">JSON pointer of the NF in the document.</param>
    /// <param name="ruleSets">Names of the document's rule sets.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static object? Read(
        NfManifest manifest, JsonElement? json, string path,
        IReadOnlyCollection<string> ruleSets, ICollection<ConfigFault> faults)
    {
        string optionsPath = path + "/options";
        JsonElement given = json ?? JsonElement.Parse("{}");
        if (manifest.OptionsType is null)
        {
            if (given.ValueKind == JsonValueKind.Object && given.EnumerateObject().Any())
            {
                faults.Add(new ConfigFault(optionsPath, "unknown-field",
                    $"An NF of kind {manifest.Kind} has no options.", "Remove options."));
            }

            return null;
        }

        var found = new List<ConfigFault>();
        JsonTypeInfo type = Json.GetTypeInfo(manifest.OptionsType);
        DocumentReader.Check(given, type, optionsPath, found);
        object? options = found.Count == 0 ? given.Deserialize(type) : null;
        if (options is not null)
        {
            CheckValues(options, optionsPath, ruleSets, found);
        }

        found.ForEach(faults.Add);
        return found.Count == 0 ? options : null;
    }

    /// <summary>JSON Schema of a kind's options, with the descriptions,
    /// ranges and defaults of its record.</summary>
    public static JsonElement SchemaOf(NfManifest manifest)
    {
        if (manifest.OptionsType is null)
        {
            return JsonElement.Parse("""{"type":"object","additionalProperties":false}""");
        }

        object? defaults = null;
        if (manifest.OptionsType.GetConstructor(Type.EmptyTypes) is not null)
        {
            defaults = Activator.CreateInstance(manifest.OptionsType);
        }

        JsonNode schema = Json.GetJsonSchemaAsNode(manifest.OptionsType, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Describe(context, node, defaults),
        });
        return JsonElement.Parse(schema.ToJsonString());
    }

    private static void CheckValues(
        object options, string path, IReadOnlyCollection<string> ruleSets, List<ConfigFault> faults)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties())
        {
            object? value = property.GetValue(options);
            string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            foreach (ValidationAttribute rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value))
                {
                    faults.Add(new ConfigFault($"{path}/{name}", "out-of-range",
                        $"{name} cannot be {value}.", rule.FormatErrorMessage(name)));
                }
            }

            if (property.GetCustomAttribute<NamesRuleSetAttribute>() is not null
                && value is string { Length: > 0 } ruleSet && !ruleSets.Contains(ruleSet))
            {
                faults.Add(new ConfigFault($"{path}/{name}", "unknown-rule-set",
                    $"There is no rule set {ruleSet}.", ruleSets.Count == 0
                        ? "Add it under ruleSets."
                        : $"Use one of: {string.Join(", ", ruleSets.Order())}."));
            }
        }
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node, object? defaults)
    {
        if (context.PropertyInfo?.AttributeProvider is not PropertyInfo property
            || node is not JsonObject schema)
        {
            return node;
        }

        if (property.GetCustomAttribute<DescriptionAttribute>() is { } description)
        {
            schema["description"] = description.Description;
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum, Json);
            schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum, Json);
        }

        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } form)
        {
            schema["pattern"] = form.Pattern;
        }

        if (defaults is not null && property.DeclaringType == defaults.GetType()
            && property.GetValue(defaults) is { } value)
        {
            schema["default"] = JsonSerializer.SerializeToNode(value, property.PropertyType, Json);
        }

        return schema;
    }
}
