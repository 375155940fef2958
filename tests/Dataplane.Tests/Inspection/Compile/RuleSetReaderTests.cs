using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Compile;

public sealed class RuleSetReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ruleset-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_file_is_read_by_what_its_name_says()
    {
        using RuleSet rules = Read(
            ("one.rules", "alert udp any any -> any any (msg:\"a\"; classtype:own; dsize:1; sid:1;)"),
            ("two.rules", "alert udp any any -> any any (dsize:1; sid:2;)"),
            ("threshold.config", "suppress gen_id 1, sig_id 1\nnonsense"),
            ("classification.config", "config classification: own,My own,1"),
            ("reference.config", "config reference: cve http://cve.example/"),
            ("drop.conf", "2"));

        Assert.Equal([2u, 1u], rules.Rules.ToArray().Select(r => r.Rule.Sid));
        Assert.Equal("My own", rules.Rules[1].Rule.Category);
        Assert.Single(rules.Rules[1].Suppressions);
        Assert.Equal(RuleAction.Drop, rules.Rules[0].Rule.Action);
        Assert.Equal(2, Assert.Single(rules.Rejected).Line);
    }

    [Fact]
    public void Scores_of_addresses_are_compared_by_category_and_smallest_network()
    {
        using RuleSet rules = Read(
            ("categories.txt", "1,Bad,Bad hosts\n2,Good,Good hosts"),
            ("hosts.list", "10.0.0.0/8,1,20\n10.0.0.1,1,90\n10.0.0.2,2,100\n::1,1,5\nx,1,2"),
            ("one.rules",
                "alert udp any any -> any any (iprep:src,Bad,>,50; dsize:1; sid:1;)\n"
                + "alert udp any any -> any any (iprep:dst,Bad,<,50; dsize:1; sid:2;)\n"
                + "alert udp any any -> any any (iprep:both,Good,>,50; dsize:1; sid:3;)\n"
                + "alert udp any any -> any any (iprep:any,Good,=,100; dsize:1; sid:4;)\n"
                + "alert udp any any -> any any (iprep:any,Ugly,>,1; sid:5;)"));
        using var hosts = new HostTable(64);
        using var inspector = new RuleInspector(rules, hosts);
        InspectedPacket packet = RuleBench.Datagram("x"u8);
        var flow = default(FlowInspection);

        inspector.Inspect(packet, inspector.GroupOf(packet), ref flow);

        Assert.Equal([1u, 2u, 4u], inspector.Alerts.ToArray().Select(m => m.Rule.Rule.Sid));
        Assert.Equal(2, rules.Rejected.Count);
    }

    private RuleSet Read(params (string Name, string Text)[] files)
    {
        var reader = new RuleSetReader(new RuleVariables());
        foreach ((string name, string text) in files.OrderBy(f => RuleSetReader.Order(f.Name)))
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, text);
            reader.Read(name, path);
        }
        return reader.Compile();
    }
}
