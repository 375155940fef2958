using System.Text.Json;
using Dataplane.Contract.Configuration;

namespace ControlApi.Tests.Harness;

/// <summary>Configuration documents for tests.</summary>
public static class Documents
{
    public const string ListenText = """
        {"version":1,
         "ports":[{"id":"wan","device":"demo"}],
         "chains":[{"id":"edge-in","ports":["wan"],
           "stages":[{"nfs":[{"name":"ids","kind":"signature-match"}]}]}]}
        """;

    public static ConfigurationDocument Listen => Read(ListenText);

    public static ConfigurationDocument Read(string text)
    {
        ConfigurationDocument? document = DocumentReader.Read(
            System.Text.Encoding.UTF8.GetBytes(text), out IReadOnlyList<ConfigFault> faults);
        Assert.Empty(faults);
        return document!;
    }

    public static string Commit(string document, string note = "test")
        => JsonSerializer.Serialize(new { note, document = JsonDocument.Parse(document).RootElement });
}
