using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Compile;

public sealed class DataSetTests
{
    [Fact]
    public void A_set_knows_what_was_added_and_forgets_what_was_taken_out()
    {
        using var set = new DataSet(DatasetKind.Text, 0);

        Assert.True(set.Add("one"u8, 7));
        Assert.False(set.Add("one"u8));
        Assert.True(set.TryFind("one"u8, out ushort reputation));
        Assert.Equal(7, reputation);
        Assert.True(set.Remove("one"u8));
        Assert.False(set.Remove("one"u8));
        Assert.False(set.TryFind("one"u8, out _));
        Assert.True(set.Add("one"u8));
    }

    [Fact]
    public void A_set_that_is_full_takes_no_more_and_counts_them()
    {
        using var set = new DataSet(DatasetKind.Text, 0);

        for (int i = 0; i < DataSet.SlotsMin * 2; i++)
        {
            set.Add(BitConverter.GetBytes(i));
        }

        Assert.True(set.LostCount > 0);
        Assert.True(set.TryFind(BitConverter.GetBytes(0), out _));
        Assert.False(set.TryFind(BitConverter.GetBytes(-1), out _));
        Assert.Equal(DataSet.SlotsMin * 2, set.Count + set.LostCount);
    }

    [Fact]
    public void A_rule_that_adds_matches_new_members_only()
    {
        using var bench = new RuleBench(
            "alert dns any any -> any any (dns.query; dataset:set,seen,type string; sid:1;)",
            "alert dns any any -> any any (dns.query; dataset:isnotset,blocked,type string; sid:2;)");
        static MadeUpTransaction Query(string name) => new MadeUpTransaction(AppProtocol.Dns)
            .With(AppBuffer.DnsQuery, Side.Client, name).At(Side.Client, AppProgress.Complete);

        Assert.Equal([1u, 2u], bench.Show(Query("a"), Side.Client));
        Assert.Equal([2u], bench.Show(Query("a"), Side.Client));
        Assert.Equal([1u, 2u], bench.Show(Query("b"), Side.Client));
    }

    [Fact]
    public void Members_and_reputations_are_read_from_the_file_beside_the_rules()
    {
        string folder = Directory.CreateTempSubdirectory("datasets-").FullName;
        string rules = Path.Combine(folder, "test.rules");
        File.WriteAllText(Path.Combine(folder, "names.rep"), "YmFk,100\nZ29vZA==,5\n");
        File.WriteAllText(
            rules,
            "alert dns any any -> any any (dns.query; datarep:names,>,50,load names.rep,type string; "
                + "sid:1;)\nalert dns any any -> any any (dns.query; "
                + "dataset:isset,gone,load gone.lst,type string; sid:2;)");
        var file = new RuleFile(new RuleParser(new RuleVariables(), new Classifications()));
        file.Read(rules);
        using var set = RuleSet.Compile(file.Loaded);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(1, set.Rules.Length);
        Assert.Equal(2u, Assert.Single(set.Rejected).Sid);
    }
}
