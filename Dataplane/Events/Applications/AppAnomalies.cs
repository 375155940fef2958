using System.Collections.Frozen;
using System.Text;

namespace Dataplane.Events.Applications;

/// <summary>The names of anomalies as rules and logs spell them: <c>http.request_header_invalid</c>,
/// <c>applayer_wrong_direction_first_data</c>.</summary>
public static class AppAnomalies
{
    private const string FlowPrefix = "applayer";

    private static readonly FrozenDictionary<AppAnomaly, string> Names =
        Enum.GetValues<AppAnomaly>().ToFrozenDictionary(anomaly => anomaly, Spell);

    private static readonly FrozenDictionary<string, AppAnomaly> ByName =
        Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => ByName.Keys;

    /// <summary>Finds an anomaly by its name.</summary>
    public static bool TryFind(string name, out AppAnomaly anomaly) => ByName.TryGetValue(name, out anomaly);

    /// <summary>The anomaly's name.</summary>
    public static string NameOf(AppAnomaly anomaly) => Names[anomaly];

    /// <summary>The name without the protocol.</summary>
    public static ReadOnlySpan<char> ShortNameOf(AppAnomaly anomaly)
    {
        string name = Names[anomaly];
        return name.AsSpan(name.IndexOf('.') + 1);
    }

    /// <summary>The protocol it belongs to; Unknown: the flow as a whole.</summary>
    public static AppProtocol ProtocolOf(AppAnomaly anomaly) =>
        (AppProtocol)((int)anomaly / AppAnomalySet.Capacity);

    /// <summary>HttpRequestHeaderInvalid becomes http.request_header_invalid.</summary>
    private static string Spell(AppAnomaly anomaly)
    {
        string prefix = ProtocolOf(anomaly) == AppProtocol.Unknown
            ? FlowPrefix : AppProtocols.NameOf(ProtocolOf(anomaly));
        string rest = anomaly.ToString()[prefix.Length..];
        var name = new StringBuilder(prefix).Append(prefix == FlowPrefix ? '_' : '.');
        for (int i = 0; i < rest.Length; i++)
        {
            if (i > 0 && char.IsUpper(rest[i]))
            {
                name.Append('_');
            }
            name.Append(char.ToLowerInvariant(rest[i]));
        }
        return name.ToString();
    }
}
