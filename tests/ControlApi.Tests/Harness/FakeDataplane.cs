using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Contract.Rpc;
using Dataplane.Contract.Shared;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Persistence;
using RpcDocument = Dataplane.Contract.Rpc.Configuration;

namespace ControlApi.Tests.Harness;

/// <summary>
/// Stands where the dataplane stands: a real gRPC server on a Unix socket, and a real spool and segment.
/// </summary>
public sealed class FakeDataplane : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly State _state;

    private FakeDataplane(WebApplication server, State state)
    {
        _server = server;
        _state = state;
    }

    /// <summary>Faults that the next documents get, by their code.</summary>
    public ConcurrentQueue<Fault> ValidateFaults => _state.ValidateFaults;

    public ConcurrentQueue<Fault> ApplyFaults => _state.ApplyFaults;

    public IReadOnlyList<ApplyRequest> Applied => [.. _state.Applied];

    /// <summary>Changes of subscriptions that were asked for.</summary>
    public IReadOnlyList<SubscriptionChange> Changes => [.. _state.Changes];

    /// <summary>When set, Apply waits until it is completed.</summary>
    public TaskCompletionSource? HoldApply
    {
        get => _state.HoldApply;
        set => _state.HoldApply = value;
    }

    public static async Task<FakeDataplane> StartAsync(string runFolder, int pid = 4242)
    {
        string socket = Path.Combine(runFolder, "dataplane.sock");
        File.Delete(socket);
        var state = new State { Pid = pid, StartedAt = Microseconds.Of(DateTimeOffset.UtcNow) };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            k => k.ListenUnixSocket(socket, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(state);
        WebApplication server = builder.Build();
        server.MapGrpcService<Service>();
        await server.StartAsync();
        return new FakeDataplane(server, state);
    }

    public async ValueTask DisposeAsync()
    {
        HoldApply?.TrySetResult();
        await _server.DisposeAsync();
    }

    public sealed class State
    {
        public required int Pid { get; init; }

        public required long StartedAt { get; init; }

        public uint Revision { get; set; }

        public IReadOnlyList<PortState> Ports { get; set; } = [];

        public ConcurrentQueue<Fault> ValidateFaults { get; } = new();

        public ConcurrentQueue<Fault> ApplyFaults { get; } = new();

        public ConcurrentQueue<ApplyRequest> Applied { get; } = new();

        public ConcurrentQueue<SubscriptionChange> Changes { get; } = new();

        public TaskCompletionSource? HoldApply { get; set; }
    }

    public sealed class Service(State state) : DataplaneControl.DataplaneControlBase
    {
        public override Task<ValidateReply> Validate(RpcDocument request, ServerCallContext context)
        {
            var reply = new ValidateReply();
            while (state.ValidateFaults.TryDequeue(out Fault? fault))
            {
                reply.Faults.Add(fault);
            }
            return Task.FromResult(reply);
        }

        /// <summary>Every NF inline, in its document's order.</summary>
        public override Task<PlanReply> Plan(RpcDocument request, ServerCallContext context)
        {
            ConfigurationDocument document = DocumentReader.Read(request.Document.Memory, out _)!;
            var plan = new ChainPlan(
            [
                .. document.Chains.Select(chain => new PlannedChain(chain.Id, 0,
                [
                    .. chain.Stages.SelectMany((stage, index) => stage.Nfs.Select(
                        nf => new PlannedNf(nf.Name, nf.Kind, index, "inline", "As asked.", []))),
                ], ["layer23"]) { Parts = [new PlannedPart("client half", [])] }),
            ]);
            return Task.FromResult(new PlanReply
            {
                Plan = ByteString.CopyFrom(
                    JsonSerializer.SerializeToUtf8Bytes(plan, ConfigurationJson.Default.ChainPlan)),
            });
        }

        public override async Task<ApplyReply> Apply(ApplyRequest request, ServerCallContext context)
        {
            if (state.HoldApply is { } hold)
            {
                await hold.Task;
            }
            var reply = new ApplyReply();
            while (state.ApplyFaults.TryDequeue(out Fault? fault))
            {
                reply.Faults.Add(fault);
            }
            state.Applied.Enqueue(request);
            if (reply.Faults.Count == 0)
            {
                ConfigurationDocument document =
                    DocumentReader.Read(request.Configuration.Document.Memory, out _)!;
                state.Ports = [.. document.Ports.Select(
                    p => new PortState { Id = p.Id, Device = p.Device, Up = true })];
                state.Revision = request.Revision;
            }
            return reply;
        }

        public override Task<CatalogReply> GetCatalog(GetCatalogRequest request, ServerCallContext context)
            => Task.FromResult(new CatalogReply { Catalog = ByteString.CopyFrom(SampleCatalog.Json) });

        /// <summary>Flow 7 is the only one that lives.</summary>
        public override Task<ChangeSubscriptionReply> ChangeSubscription(
            ChangeSubscriptionRequest request, ServerCallContext context)
        {
            var change = JsonSerializer.Deserialize(
                request.Change.Span, ConfigurationJson.Default.SubscriptionChange)!;
            var reply = new ChangeSubscriptionReply();
            if (change.Flow is not (null or "7"))
            {
                reply.Faults.Add(new Fault { Path = "/flow", Code = "no-such-flow", Message = "None." });
                return Task.FromResult(reply);
            }
            if (change.Nf != "ids")
            {
                reply.Faults.Add(new Fault { Path = "/nf", Code = "no-such-nf", Message = "None." });
                return Task.FromResult(reply);
            }
            state.Changes.Enqueue(change);
            var changed = new SubscriptionChanged
            {
                FlowsMatched = 1,
                FlowsChanged = 1,
                Flows = [new ChangedFlow("7", 41)],
                Workers = [new ChangedWorker(0, 41)],
            };
            reply.Changed = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(
                changed, ConfigurationJson.Default.SubscriptionChanged));
            return Task.FromResult(reply);
        }

        public override Task<GetDemandReply> GetDemand(GetDemandRequest request, ServerCallContext context)
        {
            var reply = new GetDemandReply();
            if (request.Flow is not ("" or "7"))
            {
                reply.Faults.Add(new Fault { Path = "/flow", Code = "no-such-flow", Message = "None." });
                return Task.FromResult(reply);
            }
            IReadOnlyList<FlowDemand> demands =
            [
                new FlowDemand
                {
                    Flow = "7",
                    Tuple = "tcp 10.0.0.1:4000 > 10.0.0.2:80",
                    Chain = "edge",
                    Depth = ["server half"],
                    Subscriptions = [],
                },
            ];
            reply.Demands = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(
                demands, ConfigurationJson.Default.IReadOnlyListFlowDemand));
            return Task.FromResult(reply);
        }

        public override Task<StateReply> GetState(GetStateRequest request, ServerCallContext context)
        {
            var reply = new StateReply
            {
                Revision = state.Revision,
                Version = "0.1.0",
                StartedAt = state.StartedAt,
                Pid = state.Pid,
            };
            reply.Ports.AddRange(state.Ports);
            return Task.FromResult(reply);
        }
    }
}
