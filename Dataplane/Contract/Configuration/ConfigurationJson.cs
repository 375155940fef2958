using System.Text.Json;
using System.Text.Json.Serialization;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Live;

namespace Dataplane.Contract.Configuration;

/// <summary>
/// Source-generated JSON of everything in this contract: camelCase, unknown fields refused.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConfigurationDocument))]
[JsonSerializable(typeof(ApplianceCatalog))]
[JsonSerializable(typeof(ChainPlan))]
[JsonSerializable(typeof(PlannedChain))]
[JsonSerializable(typeof(SubscriptionChange))]
[JsonSerializable(typeof(SubscriptionChanged))]
[JsonSerializable(typeof(IReadOnlyList<FlowDemand>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigFault>))]
public sealed partial class ConfigurationJson : JsonSerializerContext;
