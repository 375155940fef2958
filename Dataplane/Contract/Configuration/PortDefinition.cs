using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>A place where packets enter and leave.</summary>
public sealed record PortDefinition
{
    /// <summary>What device may say.</summary>
    public const string Devices =
        "capture:FILE, demo, af_packet:IFACE, af_xdp:IFACE, dpdk:PCI, vdev:EAL-STRING, tap:NAME";

    [Description("Unique name of the port: lower-case letters, digits and dashes.")]
    [RegularExpression(Names.Pattern)]
    public required string Id { get; init; }

    [Description("What it opens: " + Devices + ".")]
    public required string Device { get; init; }
}
