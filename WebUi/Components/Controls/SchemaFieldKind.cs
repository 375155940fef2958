namespace WebUi.Components.Controls;

/// <summary>Which control edits a property of an options schema.</summary>
public enum SchemaFieldKind
{
    Text,
    Number,
    Switch,
    Choice,

    /// <summary>A list of texts, one a line.</summary>
    Lines,

    /// <summary>Anything else, as JSON.</summary>
    Json,
}
