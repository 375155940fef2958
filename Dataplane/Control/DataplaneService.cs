using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Contract.Rpc;
using Dataplane.Engine;
using Google.Protobuf;
using Grpc.Core;
using Rule = Dataplane.Inspection.Rules.RejectedRule;

namespace Dataplane.Control;

/// <summary>The commands of the control socket. Service types go no deeper than here.</summary>
public sealed class DataplaneService(ControlState state) : DataplaneControl.DataplaneControlBase
{
    public override Task<ValidateReply> Validate(Configuration request, ServerCallContext context)
    {
        EngineRevision? revision = Load(0, request, out IReadOnlyList<ConfigFault> faults);
        var reply = new ValidateReply();
        if (revision is not null)
        {
            EngineOutcome outcome = state.Check(revision);
            faults = outcome.Faults;
            reply.RejectedRules.AddRange(outcome.RejectedRules.Select(ToMessage));
        }
        reply.Faults.AddRange(faults.Select(ToMessage));
        return Task.FromResult(reply);
    }

    public override Task<PlanReply> Plan(Configuration request, ServerCallContext context)
    {
        EngineRevision? revision = Load(0, request, out IReadOnlyList<ConfigFault> faults);
        var reply = new PlanReply();
        reply.Faults.AddRange(faults.Select(ToMessage));
        if (revision is not null)
        {
            ChainPlan plan = new PlanResult(revision.Chains, []).ToContract();
            reply.Plan = ByteString.CopyFrom(
                JsonSerializer.SerializeToUtf8Bytes(plan, ConfigurationJson.Default.ChainPlan));
        }
        return Task.FromResult(reply);
    }

    public override Task<ApplyReply> Apply(ApplyRequest request, ServerCallContext context)
    {
        EngineRevision? revision = Load(
            request.Revision, request.Configuration ?? new Configuration(),
            out IReadOnlyList<ConfigFault> faults);
        var reply = new ApplyReply();
        if (revision is not null)
        {
            EngineOutcome outcome = state.Apply(revision);
            faults = outcome.Faults;
            reply.RejectedRules.AddRange(outcome.RejectedRules.Select(ToMessage));
            reply.RulesLoaded = (uint)outcome.RulesLoaded;
        }
        reply.Faults.AddRange(faults.Select(ToMessage));
        return Task.FromResult(reply);
    }

    public override Task<CatalogReply> GetCatalog(GetCatalogRequest request, ServerCallContext context) =>
        Task.FromResult(new CatalogReply { Catalog = ByteString.CopyFrom(state.CatalogJson.Span) });

    public override Task<StateReply> GetState(GetStateRequest request, ServerCallContext context)
    {
        EngineOutcome outcome = state.LastOutcome;
        var reply = new StateReply
        {
            Revision = state.Engine.Revision?.Number ?? 0,
            Version = CatalogBuilder.Version,
            StartedAt = state.StartedAtUs,
            Pid = Environment.ProcessId,
            RulesLoaded = (uint)outcome.RulesLoaded,
        };
        reply.Ports.AddRange(state.Engine.Ports.Select(view => new PortState
        {
            Id = view.Port.Id,
            Device = view.Port.Device,
            Up = view.IsUp,
            Message = view.Message,
        }));
        reply.RejectedRules.AddRange(outcome.RejectedRules.Select(ToMessage));
        return Task.FromResult(reply);
    }

    public override Task<ChangeSubscriptionReply> ChangeSubscription(
        ChangeSubscriptionRequest request, ServerCallContext context)
    {
        var faults = new List<ConfigFault>();
        var reply = new ChangeSubscriptionReply();
        SubscriptionChange? change = Read(request.Change.Memory, faults);
        SubscriptionChanged? changed = change is null ? null : state.Change(change, faults);
        if (changed is not null)
        {
            reply.Changed = ByteString.CopyFrom(
                JsonSerializer.SerializeToUtf8Bytes(changed, ConfigurationJson.Default.SubscriptionChanged));
        }
        reply.Faults.AddRange(faults.Select(ToMessage));
        return Task.FromResult(reply);
    }

    public override Task<GetDemandReply> GetDemand(GetDemandRequest request, ServerCallContext context)
    {
        const int limitDefault = 100;
        var faults = new List<ConfigFault>();
        var reply = new GetDemandReply();
        IReadOnlyList<FlowDemand>? demands = state.Demand(
            request.Flow.Length == 0 ? null : request.Flow, request.Filter,
            request.Limit == 0 ? limitDefault : (int)Math.Min(request.Limit, int.MaxValue), faults);
        if (demands is not null)
        {
            reply.Demands = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(
                demands, ConfigurationJson.Default.IReadOnlyListFlowDemand));
        }
        reply.Faults.AddRange(faults.Select(ToMessage));
        return Task.FromResult(reply);
    }

    private static SubscriptionChange? Read(ReadOnlyMemory<byte> json, List<ConfigFault> faults)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, ConfigurationJson.Default.SubscriptionChange);
        }
        catch (JsonException error)
        {
            faults.Add(new ConfigFault("", "not-json",
                $"The change is no SubscriptionChange: {error.Message}", "Send one as JSON."));
            return null;
        }
    }

    private EngineRevision? Load(uint number, Configuration request, out IReadOnlyList<ConfigFault> faults) =>
        state.Loader.Load(number, request.Document.Memory, request.BaseDirectory, request.RuleFiles,
        out faults);

    private static Fault ToMessage(ConfigFault fault) => new()
    {
        Path = fault.Path,
        Code = fault.Code,
        Message = fault.Message,
        Fix = fault.Fix ?? "",
    };

    private static RejectedRule ToMessage(Rule rule) => new()
    {
        File = rule.File,
        Line = (uint)rule.Line,
        Sid = rule.Sid,
        Keyword = rule.Keyword,
        Reason = rule.Reason,
    };
}
