using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Dataplane.Contract.Configuration;

namespace ControlApi.Configuration;

/// <summary>JSON Schema of the configuration document, made from its records.</summary>
public static class DocumentSchema
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write()
    {
        JsonNode schema = ConfigurationJson.Default.Options.GetJsonSchemaAsNode(
            typeof(ConfigurationDocument), new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = AddAnnotations,
            });
        var document =
            new JsonObject { ["$schema"] = Dialect, ["title"] = "Microboxes Appliance configuration" };
        foreach ((string name, JsonNode? value) in schema.AsObject())
        {
            document[name] = value?.DeepClone();
        }
        return document.ToJsonString(Indented) + "\n";
    }

    private static JsonNode AddAnnotations(JsonSchemaExporterContext context, JsonNode node)
    {
        if (context.PropertyInfo?.AttributeProvider is not { } property || node is not JsonObject schema)
        {
            return node;
        }
        foreach (object attribute in property.GetCustomAttributes(inherit: false))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    schema["description"] = description.Description;
                    break;
                case RangeAttribute range:
                    schema["minimum"] = JsonValue.Create(Convert.ToInt64(range.Minimum,
                        System.Globalization.CultureInfo.InvariantCulture));
                    schema["maximum"] = JsonValue.Create(Convert.ToInt64(range.Maximum,
                        System.Globalization.CultureInfo.InvariantCulture));
                    break;
                case RegularExpressionAttribute form:
                    schema["pattern"] = form.Pattern;
                    break;
                default:
                    break;
            }
        }
        return schema;
    }
}
