using System.Text.Json;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;

namespace WebUi.Tests.Fakes;

/// <summary>The demo chain, and a catalogue with its four NF kinds.</summary>
public static class FakeDocument
{
    public static ConfigurationDocument Create() => new()
    {
        Ports = [new PortDefinition { Id = "demo0", Device = "demo" }],
        RuleSets = [new RuleSetDefinition { Id = "demo", Files = ["demo.rules"] }],
        Chains =
        [
            new ChainDefinition
            {
                Id = "demo",
                Ports = ["demo0"],
                Stages =
                [
                    new StageDefinition
                    {
                        Nfs =
                        [
                            new NfDefinition { Name = "dpi", Kind = "dpi" },
                            new NfDefinition
                            {
                                Name = "ids-main", Kind = "signature-match", Options =
                                    Json("""{"ruleSet":"demo"}"""),
                            },
                            new NfDefinition { Name = "stats", Kind = "flow-stats" },
                        ],
                    },
                    new StageDefinition { Nfs = [new NfDefinition { Name = "log", Kind = "logger" }] },
                ],
            },
        ],
    };

    public static ApplianceCatalog CreateCatalog() => new()
    {
        Version = "0.1.0",
        NfKinds =
        [
            Kind("dpi", "DPI", "Finds the protocol of each flow.", ["EVENT/PKT/TCP", "EVENT/PKT/IP/UDP"],
                ["EVENT/DPI_DETECT"], """{"type":"object","properties":{}}"""),
            Kind("signature-match", "Signature match", "Looks for attacks by rules.",
                ["EVENT/DPI_DETECT", "EVENT/DATA_RDY"], ["EVENT/IDS_ALERT"],
                """
                {"type":"object","properties":{"ruleSet":{"type":"string","description":
                "The rule set to use."},
                "inspectBytesMax":{"type":"integer","minimum":1,"maximum":1073741824,"default":1048576,
                "description":"Bytes of each side that are looked at."}}}
                """),
            Kind("flow-stats", "Flow statistics", "Measures flows and reports long ones.",
                ["EVENT/PKT/TCP", "EVENT/FLOW/END"], ["EVENT/LONG_FLOW"],
                """
                {"type":"object","properties":{"meanPacketBytes":{"type":"integer","minimum":64,
                "default":1000,
                "description":"Report a flow whose mean packet is longer."},"perSide":{"type":"boolean",
                "default":false,"description":"Measure each side by itself."}}}
                """),
            Kind("logger", "Logger", "Writes EVE JSON lines.",
                ["EVENT/IDS_ALERT", "EVENT/LONG_FLOW", "EVENT/FLOW/END"],
                [], """
                {"type":"object","properties":{"file":{"type":"string","default":"eve.json","description":
                "File below the log folder."},"format":{"enum":["eve","text"],"default":"eve",
                "description":"One line of JSON, or of words."}}}
                """),
        ],
        EventTypes =
        [
            Type(1, "EVENT", null), Type(2, "EVENT/PKT", "EVENT"), Type(3, "EVENT/PKT/TCP", "EVENT/PKT"),
            Type(4, "EVENT/PKT/IP/UDP", "EVENT/PKT"), Type(5, "EVENT/DATA_RDY", "EVENT"),
            Type(6, "EVENT/DPI_DETECT", "EVENT"), Type(7, "EVENT/FLOW/END", "EVENT"),
            Type(8, "EVENT/IDS_ALERT", "EVENT") with
            {
                Notice = new NoticeMark { Severity = 2, Alert = true, Title = "Alert" },
            },
            Type(9, "EVENT/LONG_FLOW", "EVENT") with
            {
                Notice = new NoticeMark { Severity = 3, Alert = true, Title = "Long flow" },
            },
        ],
    };

    private static NfKind Kind(
        string kind, string title, string summary, string[] hears, string[] says, string schema) => new()
        {
            Kind = kind,
            Title = title,
            Summary = summary,
            Access = kind == "signature-match" ? "drop" : "read",
            Subscriptions = [.. hears.Select(path => new SubscriptionDefinition { Event = path })],
            Publishes = says,
            Options = Json(schema),
        };

    private static EventType Type(int number, string path, string? parent) =>
        new() { Number = number, Path = path, Parent = parent };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
