using System.Text.Json;
using Bunit;
using Dataplane.Contract.Configuration;
using WebUi.Components.Controls;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class SchemaFormTests : BunitContext
{
    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {"type":"object","required":["ruleSet"],"properties":{
          "ruleSet":{"type":"string"},
          "mean":{"type":["integer","string"],"minimum":64,"maximum":9000,"default":1000,
           "description":"Mean bytes."},
          "loud":{"type":"boolean","default":false},
          "format":{"enum":["eve","text"],"default":"eve"},
          "files":{"type":["array","null"],"items":{"type":"string"}},
          "deep":{"type":"object"}}}
        """).RootElement;

    private static readonly Dictionary<string, IReadOnlyList<string>> Choices = new()
    {
        ["ruleSet"] = ["edge", "lab"],
    };

    private JsonElement? _value;

    [Fact]
    public void Each_property_gets_the_control_of_its_type()
    {
        IRenderedComponent<SchemaForm> form = Show("{}");

        Assert.Equal("SELECT", form.Find("#option-ruleSet").TagName);
        Assert.Equal("numeric", form.Find("#option-mean").GetAttribute("inputmode"));
        Assert.Equal("checkbox", form.Find("#option-loud").GetAttribute("type"));
        Assert.Equal("SELECT", form.Find("#option-format").TagName);
        Assert.Equal("TEXTAREA", form.Find("#option-files").TagName);
        Assert.Contains(
            "From 64 to 9000.", form.Find("#option-mean-help").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_typed_becomes_json_of_the_property_s_type()
    {
        IRenderedComponent<SchemaForm> form = Show("""{"ruleSet":"edge"}""");

        form.Find("#option-mean").Change("1200");
        Assert.Equal("""{"ruleSet":"edge","mean":1200}""", _value?.GetRawText());
        form.Find("#option-files").Change("a.rules\n\n b.rules ");
        Assert.Equal("""{"ruleSet":"edge","files":["a.rules","b.rules"]}""", _value?.GetRawText());
        form.Find("#option-loud").Change(true);
        Assert.Equal("""{"ruleSet":"edge","loud":true}""", _value?.GetRawText());
    }

    [Fact]
    public void An_emptied_field_leaves_the_document_so_that_the_default_holds()
    {
        IRenderedComponent<SchemaForm> form = Show("""{"mean":1200}""");

        form.Find("#option-mean").Change("");

        Assert.Null(_value);
    }

    [Fact]
    public void What_is_no_number_is_told_at_the_field_and_changes_nothing()
    {
        IRenderedComponent<SchemaForm> form = Show("""{"mean":1200}""");

        form.Find("#option-mean").Change("many");

        Assert.Contains("many is not a number.", form.Markup, StringComparison.Ordinal);
        Assert.Equal(1200, _value?.GetProperty("mean").GetInt32());
    }

    [Fact]
    public void A_fault_stands_at_its_field()
    {
        IRenderedComponent<SchemaForm> form =
            Show("{}", new ConfigFault("/x/options/mean", "range", "Too long.", "Take less."));

        Assert.Equal("true", form.Find("#option-mean").GetAttribute("aria-invalid"));
        Assert.Equal("Too long. Take less.", form.Find(".field-fault").TextContent.Trim());
    }

    private IRenderedComponent<SchemaForm> Show(string value, params ConfigFault[] faults)
    {
        _value = JsonDocument.Parse(value).RootElement;
        return Render<SchemaForm>(form => form
            .Add(one => one.Schema, Schema)
            .Add(one => one.Value, _value)
            .Add(one => one.Path, "/x/options")
            .Add(one => one.Faults, faults)
            .Add(one => one.Choices, Choices)
            .Add(one => one.OnChange, changed => _value = changed));
    }
}
