namespace ControlApi.Contract.Security;

/// <summary>What a key or session may do. admin includes every other.</summary>
public static class Scopes
{
    public const string Read = "read:*";
    public const string ReadPackets = "read:packets";
    public const string WriteAlerts = "write:alerts";
    public const string WriteConfig = "write:config";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Read, ReadPackets, WriteAlerts, WriteConfig, Admin];

    public static IReadOnlyList<string> OfRole(string role) => role switch
    {
        "administrator" => All,
        "operator" => [Read, ReadPackets, WriteAlerts, WriteConfig],
        "analyst" => [Read, ReadPackets, WriteAlerts],
        "viewer" => [Read],
        _ => [],
    };
}
