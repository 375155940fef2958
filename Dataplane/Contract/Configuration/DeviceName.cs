using System.Diagnostics.CodeAnalysis;

namespace Dataplane.Contract.Configuration;

/// <summary>A port's device field taken apart: what kind of port it opens, and its argument.</summary>
public readonly record struct DeviceName(DeviceKind Kind, string Argument)
{
    /// <summary>Linux's IFNAMSIZ without the closing zero.</summary>
    private const int InterfaceNameMax = 15;

    public static bool TryParse(string text, out DeviceName device, [NotNullWhen(false)] out string? reason)
    {
        device = default;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kindName = colon < 0 ? text : text[..colon];
        string argument = colon < 0 ? "" : text[(colon + 1)..];
        DeviceKind? kind = kindName switch
        {
            "capture" => DeviceKind.Capture,
            "demo" => DeviceKind.Demo,
            "af_packet" => DeviceKind.AfPacket,
            "af_xdp" => DeviceKind.AfXdp,
            "dpdk" => DeviceKind.Dpdk,
            "vdev" => DeviceKind.Vdev,
            "tap" => DeviceKind.Tap,
            _ => null,
        };
        reason = kind switch
        {
            null => $"'{text}' names no kind of port that exists.",
            DeviceKind.Demo => argument.Length == 0 ? null : "demo takes no argument.",
            _ when argument.Length == 0 => $"{kindName}: needs a name after the colon.",
            DeviceKind.AfPacket or DeviceKind.AfXdp or DeviceKind.Tap when argument.Length > InterfaceNameMax
                || argument.AsSpan().ContainsAny("/ ,\t\n")
                    => $"'{argument}' cannot be the name of an interface.",
            _ => null,
        };
        if (reason is not null)
        {
            return false;
        }
        device = new DeviceName(kind!.Value, argument);
        return true;
    }
}
