using Microsoft.Playwright;
using Testing;

namespace EndToEnd.Tests.Browser;

/// <summary>The whole appliance inline between a client and a server, watched in a browser.</summary>
public sealed class WireTests : IDisposable
{
    private const int SecondsMax = 20;
    private const float AlertMsMax = 2_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("wire-").FullName;

    [Fact]
    public async Task An_injection_is_seen_in_the_browser_and_a_drop_rule_breaks_its_request_and_no_other()
    {
        using Namespaces namespaces = Namespaces.Create();
        namespaces.StartNginx(new Dictionary<string, byte[]> { ["index.html"] = "hello"u8.ToArray() });
        (string wan, string lan) = namespaces.BringPortsHome();
        await using BrowserAppliance appliance =
            await BrowserAppliance.StartNewAsync("--config", WriteConfiguration(wan, lan));
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts");

        Assert.Equal("hello", namespaces.Curl("/", SecondsMax).Output);
        Assert.Equal("hello", namespaces.Curl("/?q=UNION+SELECT", SecondsMax).Output);
        await Assertions.Expect(reader.Page.GetByText("Injection on the wire").First)
            .ToBeVisibleAsync(new() { Timeout = AlertMsMax });

        Assert.NotEqual(0, namespaces.Curl("/?q=forbidden", 2).ExitCode);
        await Assertions.Expect(reader.Page.GetByText("Forbidden on the wire").First).ToBeVisibleAsync();
        Assert.Equal("hello", namespaces.Curl("/", SecondsMax).Output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string WriteConfiguration(string wan, string lan)
    {
        const string Head = "tcp any any -> any 80";
        const string Flow = "flow:to_server,established";
        File.WriteAllLines(
            Path.Combine(_folder, "edge.rules"),
            [
                $"alert {Head} (msg:\"Injection on the wire\"; {Flow}; content:\"UNION+SELECT\"; sid:1;)",
                $"drop {Head} (msg:\"Forbidden on the wire\"; {Flow}; content:\"forbidden\"; sid:2;)",
            ]);
        string path = Path.Combine(_folder, "edge.json");
        File.WriteAllText(path, $$$"""
            {"version":1,
             "ports":[{"id":"wan","device":"af_packet:{{{wan}}}"},
                      {"id":"lan","device":"af_packet:{{{lan}}}"}],
             "ruleSets":[{"id":"edge","files":["edge.rules"],"vars":{"HOME_NET":"any","EXTERNAL_NET":"any"}}],
             "chains":[{"id":"edge","ports":["wan","lan"],"stages":[
               {"nfs":[{"name":"ids","kind":"signature-match","options":{"ruleSet":"edge"}},
                       {"name":"dpi","kind":"dpi"},
                       {"name":"stats","kind":"flow-stats"}]}]}],
             "limits":{"flows":4096,"reassemblyBytes":16777216}}
            """);
        return path;
    }
}
