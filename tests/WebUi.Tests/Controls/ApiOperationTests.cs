using System.Text.Json;
using WebUi.Components.Controls;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class ApiOperationTests
{
    [Fact]
    public void Reads_operations_with_parameters_bodies_and_answers()
    {
        JsonElement description = JsonDocument.Parse("""
            {"paths":{"/api/v1/alerts/{id}":{"get":{"summary":"One alert.","parameters":[
              {"name":"id","in":"path","required":true}],"responses":{"200":{"description":"OK","content":
              {"application/json":{"schema":{"$ref":"#/components/schemas/Alert"}}}},"404":{"description":
              "Not found"}}}},
              "/metrics":{"get":{"responses":{}}}}}
            """).RootElement;

        IReadOnlyList<ApiOperation> operations = ApiOperation.Read(description);

        Assert.Equal(["alerts", "process"], operations.Select(operation => operation.Group));
        ApiOperation first = operations[0];
        Assert.Equal(("GET", "One alert."), (first.Method, first.Summary));
        Assert.True(Assert.Single(first.Parameters).IsRequired);
        Assert.Equal(["Alert", ""], first.Answers.Select(answer => answer.Schema));
        Assert.True(first.Fits("ONE"));
        Assert.False(first.Fits("post"));
    }

    [Fact]
    public void A_description_without_paths_has_no_operations() =>
        Assert.Empty(ApiOperation.Read(JsonDocument.Parse("[]").RootElement));
}
