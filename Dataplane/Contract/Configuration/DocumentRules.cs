using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Dataplane.Contract.Configuration;

/// <summary>What must hold in a document whatever dataplane runs it; reports every fault it finds.</summary>
public static class DocumentRules
{
    public const int PortsMax = 16;
    public const int ChainsMax = 64;
    public const int StagesMax = 32;
    public const int NfsMax = 64;
    public const int HostPoliciesMax = 256;

    public static IReadOnlyList<ConfigFault> Check(ConfigurationDocument document)
    {
        var faults = new List<ConfigFault>();
        if (document.Version != ConfigurationDocument.CurrentVersion)
        {
            faults.Add(new ConfigFault("/version", "wrong-value",
                $"Version {document.Version} of the document format is not known.", "Write 1."));
        }
        CheckPorts(document.Ports, faults);
        CheckWorkers(document.Workers, faults);
        CheckRuleSets(document.RuleSets, faults);
        for (int i = 0; i < document.Events.Count; i++)
        {
            CheckForms(document.Events[i], $"/events/{i}", faults);
        }
        CheckChains(document, faults);
        CheckRanges(document.Limits, "/limits", faults);
        CheckRanges(document.Stack, "/stack", faults);
        CheckHostPolicies(document.Stack.HostPolicies, faults);
        return faults;
    }

    private static void CheckPorts(IReadOnlyList<PortDefinition> ports, List<ConfigFault> faults)
    {
        CheckCount("/ports", "ports", ports.Count, PortsMax, faults);
        CheckUnique(ports.Select((p, i) => (p.Id, $"/ports/{i}/id")), "port", faults);
        for (int i = 0; i < ports.Count; i++)
        {
            if (!DeviceName.TryParse(ports[i].Device, out _, out string? reason))
            {
                faults.Add(new ConfigFault($"/ports/{i}/device", "bad-device", reason,
                    $"Use one of: {PortDefinition.Devices}."));
            }
        }
    }

    private static void CheckWorkers(WorkersDefinition workers, List<ConfigFault> faults)
    {
        CheckRanges(workers, "/workers", faults);
        if (!CoreList.TryParse(workers.Cores, out _))
        {
            faults.Add(new ConfigFault("/workers/cores", "bad-cores",
                $"'{workers.Cores}' is not a list of cores.", "Write auto, or numbers such as 2,4-6."));
        }
    }

    private static void CheckHostPolicies(
        IReadOnlyList<HostPolicyDefinition> policies, List<ConfigFault> faults)
    {
        CheckCount("/stack/hostPolicies", "host policies", policies.Count, HostPoliciesMax, faults);
        for (int i = 0; i < policies.Count; i++)
        {
            if (!HostPolicyDefinition.TryParseNetwork(policies[i].Network, out _))
            {
                faults.Add(new ConfigFault($"/stack/hostPolicies/{i}/network", "bad-network",
                    $"'{policies[i].Network}' is neither an address nor a network.",
                    "Write 10.1.0.0/16, 10.1.2.3 or 2001:db8::/32."));
            }
        }
    }

    private static void CheckRuleSets(IReadOnlyList<RuleSetDefinition> ruleSets, List<ConfigFault> faults)
    {
        CheckUnique(ruleSets.Select((r, i) => (r.Id, $"/ruleSets/{i}/id")), "rule set", faults);
        for (int i = 0; i < ruleSets.Count; i++)
        {
            for (int f = 0; f < ruleSets[i].Files.Count; f++)
            {
                if (string.IsNullOrWhiteSpace(ruleSets[i].Files[f]))
                {
                    faults.Add(new ConfigFault($"/ruleSets/{i}/files/{f}", "empty",
                        "The name of the rule file is empty.",
                        "Name a file, or remove the entry."));
                }
            }
        }
    }

    private static void CheckChains(ConfigurationDocument document, List<ConfigFault> faults)
    {
        CheckCount("/chains", "chains", document.Chains.Count, ChainsMax, faults);
        CheckUnique(document.Chains.Select((c, i) => (c.Id, $"/chains/{i}/id")), "chain", faults);
        CheckUnique(NfPaths(document).Select(n => (n.Nf.Name, n.Path + "/name")), "NF", faults);
        var portIds = document.Ports.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < document.Chains.Count; i++)
        {
            ChainDefinition chain = document.Chains[i];
            string path = $"/chains/{i}";
            CheckChainPorts(chain, path, portIds, faults);
            CheckCount(path + "/stages", "stages", chain.Stages.Count, StagesMax, faults);
            for (int s = 0; s < chain.Stages.Count; s++)
            {
                if (chain.Stages[s].Nfs.Count == 0)
                {
                    faults.Add(new ConfigFault($"{path}/stages/{s}", "empty-stage",
                        "A stage needs at least one network function.", "Add an NF, or remove the stage."));
                }
            }
            CheckCount(path, "NFs", chain.Stages.Sum(s => s.Nfs.Count), NfsMax, faults);
        }
        foreach ((NfDefinition nf, string path) in NfPaths(document))
        {
            CheckNf(nf, path, faults);
        }
    }

    private static void CheckChainPorts(
        ChainDefinition chain, string path, HashSet<string> portIds, List<ConfigFault> faults)
    {
        if (chain.Ports.Count is < 1 or > 2)
        {
            faults.Add(new ConfigFault(path + "/ports", "bad-port-count",
                $"Chain {chain.Id} names {chain.Ports.Count} ports.",
                    "Name one port to listen, or two to forward."));
        }
        else if (chain.Ports.Count == 2 && chain.Ports[0] == chain.Ports[1])
        {
            faults.Add(new ConfigFault(path + "/ports/1", "duplicate-port",
                $"Chain {chain.Id} forwards from {chain.Ports[0]} to itself.", "Name two different ports."));
        }
        for (int p = 0; p < chain.Ports.Count; p++)
        {
            if (!portIds.Contains(chain.Ports[p]))
            {
                faults.Add(new ConfigFault($"{path}/ports/{p}", "unknown-port",
                    $"There is no port {chain.Ports[p]}.", portIds.Count == 0 ? "Add it under ports."
                    : $"Use one of: {string.Join(", ", portIds.Order())}."));
            }
        }
    }

    private static void CheckNf(NfDefinition nf, string path, List<ConfigFault> faults)
    {
        CheckForms(nf, path, faults);
        if (nf.Options is { ValueKind: not System.Text.Json.JsonValueKind.Object })
        {
            faults.Add(new ConfigFault(path + "/options", "wrong-type", "Options are an object.",
                "Write {\"option\": value}."));
        }
        for (int i = 0; i < (nf.Subscriptions?.Count ?? 0); i++)
        {
            SubscriptionDefinition subscription = nf.Subscriptions![i];
            string subscriptionPath = $"{path}/subscriptions/{i}";
            CheckForms(subscription, subscriptionPath, faults);
            CheckRanges(subscription, subscriptionPath, faults);
            if ((subscription.Event is null) == (subscription.Events is null)
                || subscription.EventPaths().Count == 0)
            {
                faults.Add(new ConfigFault(subscriptionPath, "no-event",
                    "A subscription names its events in one of the two fields event and events.",
                    "Write \"event\": \"EVENT/…\"."));
            }
        }
    }

    private static IEnumerable<(NfDefinition Nf, string Path)> NfPaths(ConfigurationDocument document)
        => document.Chains.SelectMany((c, i) => c.Stages.SelectMany((s, j) =>
            s.Nfs.Select((n, k) => (n, $"/chains/{i}/stages/{j}/nfs/{k}"))));

    private static void CheckUnique(
        IEnumerable<(string Name, string Path)> names, string what, List<ConfigFault> faults)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string path) in names)
        {
            if (!Names.IsValid(name))
            {
                faults.Add(new ConfigFault(path, "bad-name", $"'{name}' cannot name a {what}.",
                    "Use lower-case letters, digits, dashes, dots and underscores, at most 48."));
            }
            else if (!seen.TryAdd(name, path))
            {
                faults.Add(new ConfigFault(path, "duplicate-name",
                    $"Two {what}s are named {name}; names are unique in the document.",
                        $"Rename this or {seen[name]}."));
            }
        }
    }

    private static void CheckCount(string path, string what, int count, int max, List<ConfigFault> faults)
    {
        if (count > max)
        {
            faults.Add(new ConfigFault(path, "too-many", $"There are {count} {what}; at most {max} fit.",
                $"Remove {count - max}."));
        }
    }

    private static void CheckRanges(object part, string path, List<ConfigFault> faults)
    {
        foreach (var property in part.GetType().GetProperties())
        {
            if (property.GetCustomAttributes(typeof(RangeAttribute), inherit: false).FirstOrDefault()
                is RangeAttribute range && property.GetValue(part) is { } value && !range.IsValid(value))
            {
                faults.Add(new ConfigFault($"{path}/{CamelCase(property.Name)}", "out-of-range",
                    $"{value} is out of range.", $"Use {range.Minimum} to {range.Maximum}."));
            }
        }
    }

    private static void CheckForms(object part, string path, List<ConfigFault> faults)
    {
        foreach (var property in part.GetType().GetProperties().Where(
            p => p.Name != nameof(NfDefinition.Name)))
        {
            if (property.GetCustomAttributes(typeof(RegularExpressionAttribute),
                inherit: false).FirstOrDefault()
                is RegularExpressionAttribute form && property.GetValue(part) is string text
                && !Regex.IsMatch(text, form.Pattern, RegexOptions.CultureInvariant))
            {
                faults.Add(new ConfigFault($"{path}/{CamelCase(property.Name)}", "wrong-value",
                    $"'{text}' is not a value that this field takes.", $"It has the form {form.Pattern}"));
            }
        }
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
