using System.Text.Json;
using System.Text.Json.Nodes;
using Dataplane.Contract.Configuration;

namespace Dataplane.Offline;

/// <summary>The configuration that <c>analyze</c> runs: the built-in IDS chain or a file,
/// on the capture.</summary>
public static class AnalyzeDocument
{
    /// <summary>The one port of the run.</summary>
    public const string PortId = "capture";

    private const string RuleSetId = "analyze";

    /// <summary>The document, or null with all its faults.</summary>
    public static ConfigurationDocument? Make(AnalyzeOptions options, out IReadOnlyList<ConfigFault> faults)
    {
        faults = [];
        ConfigurationDocument? document = options.ChainFile is null ? BuiltIn()
            : Read(options.ChainFile, out faults);
        if (document is null)
        {
            return null;
        }

        return document with
        {
            Ports = [new PortDefinition { Id = PortId, Device = $"capture:{options.Capture}" }],
            RuleSets = RuleSets(document, options),
            Chains = [.. document.Chains.Select(chain => OnCapture(chain, options))],
            Stack = document.Stack with { Acceptance = options.Acceptance ?? document.Stack.Acceptance },
        };
    }

    private static ConfigurationDocument BuiltIn() => new()
    {
        Chains =
        [
            new ChainDefinition
            {
                Id = "ids",
                Stages =
                [
                    new StageDefinition
                    {
                        Nfs =
                        [
                            new NfDefinition { Name = "dpi", Kind = "dpi" },
                            new NfDefinition { Name = "ids-main", Kind = "signature-match" },
                        ],
                    },
                    new StageDefinition
                    {
                        Nfs =
                        [
                            new NfDefinition { Name = "stats", Kind = "flow-stats" },
                            new NfDefinition { Name = "log", Kind = "logger" },
                        ],
                    },
                ],
            },
        ],
    };

    private static ConfigurationDocument? Read(string file, out IReadOnlyList<ConfigFault> faults)
    {
        try
        {
            return DocumentReader.Read(File.ReadAllBytes(file), out faults);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults =
            [
                new ConfigFault("", "unreadable", $"The chain file {file} cannot be read: {error.Message}",
                    "Name a configuration document that you may read."),
            ];
            return null;
        }
    }

    private static List<RuleSetDefinition> RuleSets(ConfigurationDocument document, AnalyzeOptions options)
    {
        string[] files = [.. options.RuleFiles.Select(Path.GetFullPath)];
        List<RuleSetDefinition> sets = [.. document.RuleSets];
        if (sets.Count == 0)
        {
            sets.Add(new RuleSetDefinition { Id = RuleSetId });
        }

        for (int i = 0; i < sets.Count; i++)
        {
            var vars = new Dictionary<string, string>(sets[i].Vars);
            if (options.HomeNet is not null)
            {
                vars["HOME_NET"] = $"[{options.HomeNet}]";
            }

            sets[i] = sets[i] with { Files = [.. sets[i].Files, .. files], Vars = vars };
        }

        return sets;
    }

    private static ChainDefinition OnCapture(ChainDefinition chain, AnalyzeOptions options)
    {
        List<StageDefinition> stages = [.. chain.Stages.Select(stage => stage with
        {
            Nfs = [.. stage.Nfs.Select(nf => WithRuleSet(nf) with { OnFull = null })], // none is shed
        })];
        if (options.WritesTcp)
        {
            stages.Add(new StageDefinition { Nfs = [Accounting(chain, options)] });
        }

        return chain with { Ports = [PortId], Stages = stages };
    }

    // A signature engine that names no rule set gets the one the command line made;
    // one that does not say when
    // streams are inspected does it as the reference engine does on captures.
    private static NfDefinition WithRuleSet(NfDefinition nf)
    {
        if (nf.Kind != "signature-match")
        {
            return nf;
        }

        JsonObject filled = nf.Options is { ValueKind: JsonValueKind.Object } given
            ? JsonObject.Create(given)!
            : [];
        filled.TryAdd("ruleSet", RuleSetId);
        filled.TryAdd("atOnce", false);
        return nf with { Options = ToElement(filled) };
    }

    private static NfDefinition Accounting(ChainDefinition chain, AnalyzeOptions options) => new()
    {
        Name = $"tcp-accounting-{chain.Id}",
        Kind = "tcp-accounting",
        Options = ToElement(new JsonObject { ["streamHashes"] = options.HasStreamHashes }),
        Subscriptions = options.HasStreamHashes ? WithBytes : null,
    };

    // What the kind declares, and the bytes: without hashes nobody need put them in order.
    private static readonly IReadOnlyList<SubscriptionDefinition> WithBytes =
    [
        new SubscriptionDefinition
        {
            Name = "segments",
            Events =
            [
                "EVENT/PKT/TCP", "EVENT/TCP/REXMIT", "EVENT/TCP/REORDER", "EVENT/TCP/ACK", "EVENT/TCP/WINDOW",
                "EVENT/FLOW/REUSED", "EVENT/FLOW/END",
            ],
        },
        new SubscriptionDefinition { Name = "bytes", Event = "EVENT/DATA_RDY" },
    ];

    private static JsonElement ToElement(JsonObject value)
    {
        using JsonDocument json = JsonDocument.Parse(value.ToJsonString());
        return json.RootElement.Clone();
    }
}
