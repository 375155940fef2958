namespace Dataplane.Inspection.Rules;

/// <summary>Address and port variables of a rule set; those of Suricata's shipped configuration by
/// default.</summary>
/// <remarks>Values may name other variables; a circle is found when a rule uses it and rejects that
/// rule.</remarks>
public sealed class RuleVariables
{
    private static readonly Dictionary<string, string> ShippedAddresses = new(StringComparer.Ordinal)
    {
        ["HOME_NET"] = "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
        ["EXTERNAL_NET"] = "!$HOME_NET",
        ["HTTP_SERVERS"] = "$HOME_NET",
        ["SMTP_SERVERS"] = "$HOME_NET",
        ["SQL_SERVERS"] = "$HOME_NET",
        ["DNS_SERVERS"] = "$HOME_NET",
        ["TELNET_SERVERS"] = "$HOME_NET",
        ["AIM_SERVERS"] = "$EXTERNAL_NET",
        ["DC_SERVERS"] = "$HOME_NET",
        ["DNP3_SERVER"] = "$HOME_NET",
        ["DNP3_CLIENT"] = "$HOME_NET",
        ["MODBUS_CLIENT"] = "$HOME_NET",
        ["MODBUS_SERVER"] = "$HOME_NET",
        ["ENIP_CLIENT"] = "$HOME_NET",
        ["ENIP_SERVER"] = "$HOME_NET",
    };

    private static readonly Dictionary<string, string> ShippedPorts = new(StringComparer.Ordinal)
    {
        ["HTTP_PORTS"] = "80",
        ["SHELLCODE_PORTS"] = "!80",
        ["ORACLE_PORTS"] = "1521",
        ["SSH_PORTS"] = "22",
        ["DNP3_PORTS"] = "20000",
        ["MODBUS_PORTS"] = "502",
        ["FILE_DATA_PORTS"] = "[$HTTP_PORTS,110,143]",
        ["FTP_PORTS"] = "21",
        ["GENEVE_PORTS"] = "6081",
        ["VXLAN_PORTS"] = "4789",
        ["TEREDO_PORTS"] = "3544",
    };

    private readonly Dictionary<string, string> _addresses = new(ShippedAddresses, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ports = new(ShippedPorts, StringComparer.Ordinal);

    /// <summary>Sets a variable; a name that ends in PORTS is a port variable, any other an address
    /// variable.</summary>
    public RuleVariables Set(string name, string value)
    {
        bool isPort = name.EndsWith("PORTS", StringComparison.Ordinal)
            || name.EndsWith("PORT", StringComparison.Ordinal);
        (isPort ? _ports : _addresses)[name.TrimStart('$')] = value.Trim();
        return this;
    }

    internal string Address(string name) => Find(_addresses, name, "address");

    internal string Port(string name) => Find(_ports, name, "port");

    private static string Find(Dictionary<string, string> table, string name, string what) =>
        table.TryGetValue(name, out string? value)
            ? value
            : throw new RuleSyntaxException(
            what, $"The {what} variable ${GroupText.Cut(name)} is not defined.");
}
