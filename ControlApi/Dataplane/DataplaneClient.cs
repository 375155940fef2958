using System.Net.Sockets;
using System.Text.Json;
using ControlApi.Contract.Configuration;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Contract.Rpc;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using RejectedRule = ControlApi.Contract.Configuration.RejectedRule;
using RpcDocument = Dataplane.Contract.Rpc.Configuration;

namespace ControlApi.Dataplane;

/// <summary>Commands to the dataplane over its Unix socket.</summary>
public sealed class DataplaneClient : IDisposable
{
    public const string Socket = "dataplane.sock";

    /// <summary>Answers that take no work, and answers that load rules and open ports.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(120);

    private readonly GrpcChannel _channel;
    private readonly DataplaneControl.DataplaneControlClient _client;

    public DataplaneClient(ControlApiOptions options)
    {
        var endPoint = new UnixDomainSocketEndPoint(Path.Combine(options.RunFolder, Socket));
        _channel = GrpcChannel.ForAddress("http://dataplane", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new System.Net.Sockets.Socket(AddressFamily.Unix, SocketType.Stream,
                        ProtocolType.Unspecified);
                    try
                    {
                        await socket.ConnectAsync(endPoint, cancellation);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            },
        });
        _client = new DataplaneControl.DataplaneControlClient(_channel);
    }

    public async Task<CheckedDocument> ValidateAsync(RpcDocument document, CancellationToken cancellation)
    {
        ValidateReply reply = await _client.ValidateAsync(document, Deadline(LongPatience, cancellation));
        return new CheckedDocument(Faults(reply.Faults), Rules(reply.RejectedRules));
    }

    /// <summary>What the dataplane would run for a document; null with faults.</summary>
    public async Task<(ChainPlan? Plan, IReadOnlyList<ConfigFault> Faults)> PlanAsync(
        RpcDocument document, CancellationToken cancellation)
    {
        PlanReply reply = await _client.PlanAsync(document, Deadline(LongPatience, cancellation));
        return reply.Faults.Count > 0
            ? (null, Faults(reply.Faults))
            : (JsonSerializer.Deserialize(reply.Plan.Span, ConfigurationJson.Default.ChainPlan), []);
    }

    public async Task<CheckedDocument> ApplyAsync(
        uint revision, RpcDocument document, CancellationToken cancellation)
    {
        ApplyReply reply = await _client.ApplyAsync(
            new ApplyRequest { Revision = revision, Configuration = document },
                Deadline(LongPatience, cancellation));
        return new CheckedDocument(Faults(reply.Faults), Rules(reply.RejectedRules));
    }

    public async Task<StateReply> GetStateAsync(CancellationToken cancellation)
        => await _client.GetStateAsync(new GetStateRequest(), Deadline(ShortPatience, cancellation));

    /// <summary>Switches a subscription for live flows; null with faults.</summary>
    public async Task<(SubscriptionChanged? Changed, IReadOnlyList<ConfigFault> Faults)> ChangeAsync(
        SubscriptionChange change, CancellationToken cancellation)
    {
        ChangeSubscriptionReply reply = await _client.ChangeSubscriptionAsync(
            new ChangeSubscriptionRequest
            {
                Change = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(
                    change, ConfigurationJson.Default.SubscriptionChange)),
            }, Deadline(LongPatience, cancellation));
        return reply.Faults.Count > 0
            ? (null, Faults(reply.Faults))
            : (JsonSerializer.Deserialize(
                reply.Changed.Span, ConfigurationJson.Default.SubscriptionChanged), []);
    }

    /// <summary>Which NF hears what of live flows; null with faults.</summary>
    public async Task<(IReadOnlyList<FlowDemand>? Demands, IReadOnlyList<ConfigFault> Faults)> DemandAsync(
        string? flow, string filter, uint limit, CancellationToken cancellation)
    {
        GetDemandReply reply = await _client.GetDemandAsync(
            new GetDemandRequest { Flow = flow ?? "", Filter = filter, Limit = limit },
            Deadline(LongPatience, cancellation));
        return reply.Faults.Count > 0
            ? (null, Faults(reply.Faults))
            : (JsonSerializer.Deserialize(
                reply.Demands.Span, ConfigurationJson.Default.IReadOnlyListFlowDemand), []);
    }

    public async Task<ApplianceCatalog> GetCatalogAsync(CancellationToken cancellation)
    {
        CatalogReply reply = await _client.GetCatalogAsync(
            new GetCatalogRequest(), Deadline(ShortPatience, cancellation));
        return JsonSerializer.Deserialize(reply.Catalog.Span, ConfigurationJson.Default.ApplianceCatalog)!;
    }

    public void Dispose() => _channel.Dispose();

    public static RpcDocument Message(string document, string baseDirectory,
        IReadOnlyDictionary<string, string> ruleFiles)
    {
        var message = new RpcDocument
        {
            Document = ByteString.CopyFromUtf8(document),
            BaseDirectory = baseDirectory,
        };
        foreach ((string name, string path) in ruleFiles)
        {
            message.RuleFiles[name] = path;
        }
        return message;
    }

    private static CallOptions Deadline(TimeSpan patience, CancellationToken cancellation)
        => new(deadline: DateTime.UtcNow + patience, cancellationToken: cancellation);

    private static List<ConfigFault> Faults(IEnumerable<Fault> faults) => [.. faults.Select(
        f => new ConfigFault(f.Path, f.Code, f.Message, f.Fix.Length == 0 ? null : f.Fix))];

    private static List<RejectedRule> Rules(IEnumerable<global::Dataplane.Contract.Rpc.RejectedRule> rules)
        => [.. rules.Select(r => new RejectedRule(r.File, r.Line, r.Sid, r.Keyword, r.Reason))];
}
