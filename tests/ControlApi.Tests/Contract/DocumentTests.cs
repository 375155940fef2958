using System.Text;
using System.Text.Json;
using ControlApi.Configuration;
using ControlApi.Tests.Harness;
using CsCheck;
using Dataplane.Contract.Configuration;

namespace ControlApi.Tests.Contract;

public sealed class DocumentTests
{
    private const string Example = """
        {"version":1,
         "ports":[{"id":"wan","device":"af_packet:eth0"},{"id":"lan","device":"af_packet:eth1"}],
         "workers":{"count":1,"cores":"auto","whenIdle":"sleep"},
         "ruleSets":[{"id":"edge","files":["rules/edge.rules"],"vars":{"HOME_NET":"[10.0.0.0/8]"}}],
         "chains":[{"id":"edge-in","ports":["wan","lan"],"match":"","onFault":"open",
           "stages":[
             {"nfs":[{"name":"dpi","kind":"dpi"},
                     {"name":"ids-main","kind":"signature-match","options":{"ruleSet":"edge"},
                      "placement":"auto","onFault":"open",
                      "subscriptions":[{"event":"EVENT/DATA_RDY","sender":"client","half":"server",
                        "filter":"tcp port 80","start":"offset:0"}]}]},
             {"nfs":[{"name":"stats","kind":"flow-stats"},{"name":"log","kind":"logger"}]}]}],
         "limits":{"flows":1000000,"reassemblyBytes":268435456}}
        """;

    [Fact]
    public void The_example_of_the_interface_is_read_whole_and_has_no_fault()
    {
        ConfigurationDocument document = Documents.Read(Example);

        Assert.Empty(DocumentRules.Check(document));
        SubscriptionDefinition subscription = document.Chains[0].Stages[0].Nfs[1].Subscriptions![0];
        Assert.Equal(SenderSide.Client, subscription.Sender);
        Assert.Equal(UpdatingHalf.Server, subscription.Half);
        Assert.Equal("offset:0", subscription.Start);
        Assert.Null(document.Chains[0].Stages[0].Nfs[0].Subscriptions);
        Assert.Equal(1_000_000, document.Limits.Flows);
    }

    [Fact]
    public void Fields_that_are_left_out_have_their_defaults()
    {
        ConfigurationDocument document =
            Documents.Read("""{"ports":[{"id":"a","device":"demo"}],"limits":{}}""");

        Assert.Equal(new LimitsDefinition(), document.Limits);
        Assert.Equal(new WorkersDefinition(), document.Workers);
        Assert.Empty(document.Chains);
        Assert.Equal(1, document.Version);
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        ConfigurationDocument document = Documents.Read(Example);

        string text = JsonSerializer.Serialize(document, ConfigurationJson.Default.ConfigurationDocument);

        Assert.Equal(text,
            JsonSerializer.Serialize(Documents.Read(text), ConfigurationJson.Default.ConfigurationDocument));
        Assert.DoesNotContain("null", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_field_is_a_fault_with_its_pointer()
    {
        const string Text = """
            {"version":"one","ports":[{"id":"a"},{"id":7,"device":"demo","speed":1}],
             "workers":{"whenIdle":"nap"},"limits":{"flows":1.5},"chains":{},"a/b":1}
            """;

        Assert.Null(DocumentReader.Read(Encoding.UTF8.GetBytes(Text), out IReadOnlyList<ConfigFault> faults));

        Assert.Equal(
            ["/a~1b", "/chains", "/limits/flows", "/ports/0", "/ports/1/id", "/ports/1/speed", "/version",
                "/workers/whenIdle"],
            faults.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.All(faults, f => Assert.NotNull(f.Fix));
    }

    [Fact]
    public void Rules_find_every_fault_at_once()
    {
        ConfigurationDocument document = Documents.Read("""
            {"version":2,
             "ports":[{"id":"a","device":"af_packet:"},{"id":"a","device":"demo:x"},
                      {"id":"B!","device":"demo"}],
             "workers":{"count":0,"cores":"3-1"},"limits":{"flows":1},
             "chains":[{"id":"c","ports":["a","a"],"stages":[{"nfs":[]},
               {"nfs":[{"name":"n","kind":"k","placement":"somewhere","options":[]},
                       {"name":"n","kind":"k","subscriptions":[{"start":"later"}]}]}]}]}
            """);

        Assert.Equal(
        [
            "/chains/0/ports/1", "/chains/0/stages/0", "/chains/0/stages/1/nfs/0/options",
            "/chains/0/stages/1/nfs/0/placement", "/chains/0/stages/1/nfs/1/name",
            "/chains/0/stages/1/nfs/1/subscriptions/0", "/chains/0/stages/1/nfs/1/subscriptions/0/start",
            "/limits/flows", "/ports/0/device", "/ports/1/device", "/ports/1/id", "/ports/2/id", "/version",
            "/workers/cores", "/workers/count",
        ], DocumentRules.Check(document).Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("demo", DeviceKind.Demo, "")]
    [InlineData("capture:/a:b.pcap", DeviceKind.Capture, "/a:b.pcap")]
    [InlineData("dpdk:0000:03:00.0", DeviceKind.Dpdk, "0000:03:00.0")]
    [InlineData("vdev:net_null0,size=64", DeviceKind.Vdev, "net_null0,size=64")]
    public void A_device_is_taken_apart_at_its_first_colon(string text, DeviceKind kind, string argument)
    {
        Assert.True(DeviceName.TryParse(text, out DeviceName device, out _));
        Assert.Equal(new DeviceName(kind, argument), device);
    }

    [Fact]
    public void Any_text_is_a_document_or_faults_and_never_an_exception()
        => Gen.Select(Gen.Int[0, Example.Length - 1], Gen.Char["{}[]\",:0a \\"]).Array[1, 4].Sample(edits =>
        {
            char[] text = Example.ToCharArray();
            foreach ((int at, char c) in edits)
            {
                text[at] = c;
            }
            ConfigurationDocument? document = DocumentReader.Read(
                Encoding.UTF8.GetBytes(text), out IReadOnlyList<ConfigFault> faults);
            Assert.Equal(document is null, faults.Count > 0);
            _ = document is null ? [] : DocumentRules.Check(document);
        }, iter: 5_000);

    [Fact]
    public void The_committed_schema_is_the_one_that_is_served()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(folder!, "docs", "configuration.schema.json")),
            DocumentSchema.Write());
    }
}
