using System.Text.Json;

namespace WebUi.Components.Controls;

/// <summary>One operation of an OpenAPI 3 description, as far as people need it.</summary>
public sealed record ApiOperation(string Method, string Path)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public sealed record Parameter(string Name, string Place, bool IsRequired, string Description);

    public sealed record Answer(string Status, string Description, string Schema);

    public string Summary { get; init; } = "";

    public string Body { get; init; } = "";

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public IReadOnlyList<Answer> Answers { get; init; } = [];

    /// <summary>The resource: the first part of the path behind /api/v1.</summary>
    public string Group
    {
        get
        {
            string[] parts = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return parts is ["api", "v1", var resource, ..] ? resource : "process";
        }
    }

    public bool Fits(string text) => text.Length == 0
        || $"{Method} {Path} {Summary}".Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>All operations, in the order of the description.</summary>
    public static IReadOnlyList<ApiOperation> Read(JsonElement description)
    {
        var operations = new List<ApiOperation>();
        foreach (JsonProperty path in Members(description, "paths"))
        {
            foreach (string method in Methods)
            {
                if (path.Value.TryGetProperty(method, out JsonElement operation))
                {
                    operations.Add(Of(method, path.Name, operation));
                }
            }
        }
        return operations;
    }

    private static ApiOperation Of(string method, string path, JsonElement operation) =>
        new(method.ToUpperInvariant(), path)
        {
            Summary = Text(operation, "summary"),
            Body = operation.TryGetProperty("requestBody", out JsonElement body) ? SchemaOf(body) : "",
            Parameters = operation.TryGetProperty("parameters", out JsonElement parameters)
                ? [.. parameters.EnumerateArray().Select(ParameterOf)]
                : [],
            Answers = [.. Members(operation, "responses").Select(answer =>
                new Answer(answer.Name, Text(answer.Value, "description"), SchemaOf(answer.Value)))],
        };

    private static Parameter ParameterOf(JsonElement parameter) => new(
        Text(parameter, "name"),
        Text(parameter, "in"),
        parameter.TryGetProperty("required", out JsonElement required)
            && required.ValueKind == JsonValueKind.True,
        Text(parameter, "description"));

    private static string SchemaOf(JsonElement holder)
    {
        foreach (JsonProperty media in Members(holder, "content"))
        {
            if (media.Value.TryGetProperty("schema", out JsonElement schema))
            {
                return Name(schema);
            }
        }
        return "";
    }

    private static string Name(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            string text = reference.GetString() ?? "";
            return text[(text.LastIndexOf('/') + 1)..];
        }
        return schema.TryGetProperty("items", out JsonElement items)
            ? $"list of {Name(items)}"
            : Text(schema, "type");
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out JsonElement members)
            && members.ValueKind == JsonValueKind.Object
            ? members.EnumerateObject()
            : default;

    private static string Text(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
