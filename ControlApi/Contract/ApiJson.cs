using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;

namespace ControlApi.Contract;

/// <summary>
/// Source-generated JSON of the shapes that exist at this boundary: camelCase, nulls written.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Page<Notice>))]
[JsonSerializable(typeof(Page<Alert>))]
[JsonSerializable(typeof(Page<AuditEntry>))]
[JsonSerializable(typeof(SubscribeRequest))]
[JsonSerializable(typeof(SubscribeReply))]
[JsonSerializable(typeof(NoticesMessage))]
[JsonSerializable(typeof(RatesMessage))]
[JsonSerializable(typeof(StateMessage))]
[JsonSerializable(typeof(GapMessage))]
[JsonSerializable(typeof(SkippedMessage))]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(DraftRequest))]
[JsonSerializable(typeof(DraftCheck))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(IReadOnlyList<RevisionSummary>))]
[JsonSerializable(typeof(Page<RevisionSummary>))]
[JsonSerializable(typeof(Revision))]
[JsonSerializable(typeof(FieldDifference))]
[JsonSerializable(typeof(ChainView))]
[JsonSerializable(typeof(Page<ChainView>))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(Page<SessionSummary>))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyCreated))]
[JsonSerializable(typeof(Page<KeySummary>))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(UserSummary))]
[JsonSerializable(typeof(Page<UserSummary>))]
[JsonSerializable(typeof(ApplianceStatus))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(Page<PortStatus>))]
[JsonSerializable(typeof(Page<WorkerStatus>))]
[JsonSerializable(typeof(Page<DropCount>))]
[JsonSerializable(typeof(Page<FlowStatus>))]
[JsonSerializable(typeof(Page<FlowDemand>))]
[JsonSerializable(typeof(Page<RuleStatus>))]
[JsonSerializable(typeof(FlowSubscription))]
[JsonSerializable(typeof(AlertAction))]
[JsonSerializable(typeof(AlertActionResult))]
[JsonSerializable(typeof(Topic))]
[JsonSerializable(typeof(Page<Topic>))]
[JsonSerializable(typeof(RevisionDifference))]
[JsonSerializable(typeof(Page<Dataplane.Contract.Catalog.NfKind>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigFault>))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// Options for clients and server alike; the configuration document's own types included.
    /// </summary>
    public static JsonSerializerOptions Shared { get; } = Frozen();

    private static JsonSerializerOptions Frozen()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Not Default: static fields of the generated half may not be set yet.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(new ApiJson(), ConfigurationJson.Default),
        };
        options.Converters.Add(new UtcTimeConverter());
        options.MakeReadOnly();
        return options;
    }
}
