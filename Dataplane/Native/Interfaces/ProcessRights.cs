using System.Globalization;

namespace Dataplane.Native.Interfaces;

/// <summary>Whether this process may open network interfaces raw.</summary>
public static class ProcessRights
{
    private const int NetAdministration = 12; // CAP_NET_ADMIN: promiscuous mode
    private const int NetRaw = 13; // CAP_NET_RAW: packet sockets

    public static bool MayOpenInterfaces => Has(NetAdministration) && Has(NetRaw);

    private static bool Has(int capability)
    {
        const string Field = "CapEff:";
        string? line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(
                line[Field.Length..].Trim(),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out ulong held)
            && (held >> capability & 1) != 0;
    }
}
