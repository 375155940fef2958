using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Rpc;
using Dataplane.Control;
using Dataplane.Engine;
using Google.Protobuf;
using Grpc.Net.Client;
using RejectedRule = Dataplane.Inspection.Rules.RejectedRule;

namespace Dataplane.Tests.Control;

[SupportedOSPlatform("linux")]
public sealed class ControlSocketTests : IAsyncLifetime
{
    private const string Document = """
        {"version":1,"ports":[{"id":"demo","device":"demo"}],
         "ruleSets":[{"id":"edge","files":["edge.rules"]}],
         "chains":[{"id":"in","ports":["demo"],"stages":[{"nfs":[{"name":"stats","kind":"flow-stats"}]}]}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("control-").FullName;
    private readonly FakeEngine _engine = new();
    private readonly List<uint> _applied = [];
    private ControlSocket _socket = null!;
    private GrpcChannel _channel = null!;

    private string SocketPath => Path.Combine(_folder, ControlSocket.FileName);

    private DataplaneControl.DataplaneControlClient Client => new(_channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        NfCatalog functions = NfCatalog.Scan();
        (byte[] catalog, _) = CatalogBuilder.Serialize(CatalogBuilder.Build(functions));
        var state = new ControlState(
            _engine, new ConfigLoader(new ChainPlanner(functions)), catalog, 1_795_000_000_000_000,
            (revision, _) => _applied.Add(revision.Number));
        await File.WriteAllTextAsync(SocketPath, "left behind", Cancellation);
        _socket = await ControlSocket.StartAsync(SocketPath, state);
        _channel = GrpcChannel.ForAddress("http://dataplane", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = ConnectAsync },
        });
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _socket.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Only_the_owner_may_open_the_socket() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));

    [Fact]
    public async Task A_document_with_faults_is_answered_with_all_of_them_and_changes_nothing()
    {
        Configuration faulty =
            Message(Document.Replace("flow-stats", "flow-stat").Replace("\"demo\"}", "\"nothing:\"}"));

        ApplyReply reply = await Client.ApplyAsync(
            new ApplyRequest { Revision = 7, Configuration = faulty }, cancellationToken: Cancellation);

        Assert.Contains(reply.Faults,
            f => f.Path == "/chains/0/stages/0/nfs/0/kind" && f.Fix.Contains("flow-stats"));
        Assert.Contains(reply.Faults, f => f.Path.StartsWith("/ports/0", StringComparison.Ordinal));
        Assert.Contains(reply.Faults, f => f.Path == "/ruleSets/0/files/0" && f.Code == "missing-file");
        Assert.Null(_engine.Revision);
        Assert.Empty(_applied);
    }

    [Fact]
    public async Task A_sound_document_is_applied_with_its_rule_files_and_shows_in_the_state()
    {
        string stored = Path.Combine(_folder, "0123.rules");
        await File.WriteAllTextAsync(stored, "", Cancellation);
        Configuration sound = Message(Document);
        sound.RuleFiles["edge.rules"] = stored;
        _engine.Outcome =
            new EngineOutcome([], [new RejectedRule("edge.rules", 3, 9, "luajit", "not known")], 12);

        ApplyReply reply = await Client.ApplyAsync(
            new ApplyRequest { Revision = 41, Configuration = sound }, cancellationToken: Cancellation);
        StateReply state = await Client.GetStateAsync(new GetStateRequest(), cancellationToken: Cancellation);

        Assert.Empty(reply.Faults);
        Assert.Equal(12u, reply.RulesLoaded);
        Assert.Equal("luajit", Assert.Single(reply.RejectedRules).Keyword);
        Assert.Equal([41u], _applied);
        Assert.Equal(stored, _engine.Revision!.RuleFiles["edge.rules"]);
        Assert.Equal("in", _engine.Revision.Chains[0].Id);
        Assert.Equal(41u, state.Revision);
        Assert.Equal(Environment.ProcessId, state.Pid);
        Assert.Equal(1_795_000_000_000_000, state.StartedAt);
        Assert.Equal(12u, state.RulesLoaded);
    }

    [Fact]
    public async Task Faults_of_the_engine_leave_the_running_revision_as_it_is()
    {
        _engine.Outcome = new EngineOutcome(
            [new ConfigFault("/ports/0/device", "no-interface", "No such.", "Plug.")], [], 0);
        Configuration sound = Message(Document);
        sound.RuleFiles["edge.rules"] = SocketPath;

        ApplyReply reply = await Client.ApplyAsync(
            new ApplyRequest { Revision = 2, Configuration = sound }, cancellationToken: Cancellation);
        StateReply state = await Client.GetStateAsync(new GetStateRequest(), cancellationToken: Cancellation);

        Assert.Equal("/ports/0/device", Assert.Single(reply.Faults).Path);
        Assert.Equal(0u, state.Revision);
        Assert.Empty(_applied);
    }

    [Fact]
    public async Task A_plan_shows_the_chain_with_its_nfs_and_links()
    {
        Configuration sound = Message(Document);
        sound.RuleFiles["edge.rules"] = SocketPath;

        PlanReply reply = await Client.PlanAsync(sound, cancellationToken: Cancellation);

        ChainPlan plan = JsonSerializer.Deserialize(reply.Plan.Span, ConfigurationJson.Default.ChainPlan)!;
        PlannedNf nf = Assert.Single(Assert.Single(plan.Chains).Nfs);
        Assert.Equal("stats", nf.Name);
        Assert.NotEmpty(nf.Links);
    }

    [Fact]
    public async Task The_catalogue_names_every_nf_kind_and_event_with_its_fields()
    {
        CatalogReply reply =
            await Client.GetCatalogAsync(new GetCatalogRequest(), cancellationToken: Cancellation);

        ApplianceCatalog catalog = JsonSerializer.Deserialize(
            reply.Catalog.Span, ConfigurationJson.Default.ApplianceCatalog)!;
        Assert.Empty(new[] { "dpi", "signature-match", "flow-stats", "logger" }
            .Except(catalog.NfKinds.Select(k => k.Kind)));
        EventType alert = catalog.EventTypes.Single(t => t.Path == "EVENT/IDS_ALERT");
        Assert.True(alert.Notice!.Alert);
        Assert.Equal("signature", alert.Notice.TitleField);
        Assert.Equal(["gid", "rev", "signature", "category"], alert.NoticeFields.Select(f => f.Name));
        Assert.Contains(alert.Fields, f => f.Name == "sid" && f.Type == "u32");
        Assert.Contains("signature-match", alert.Publishers);
        Assert.Equal(Enumerable.Range(0, catalog.EventTypes.Count), catalog.EventTypes.Select(t => t.Number));
    }

    private static Configuration Message(string document) => new()
    {
        Document = ByteString.CopyFromUtf8(document),
        BaseDirectory = "/nowhere",
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context,
        CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
