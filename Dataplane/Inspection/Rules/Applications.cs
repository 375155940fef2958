using Dataplane.Events.Applications;

namespace Dataplane.Inspection.Rules;

/// <summary>Sets of application protocols, bit n being <see cref="AppProtocol"/> n.</summary>
public static class Applications
{
    /// <summary>The protocols that a rule's word means: http is HTTP/1 and HTTP/2, dcerpc also lies in
    /// SMB. 0 for a word that names none.</summary>
    public static ulong Mask(string name) => name switch
    {
        "http" => Bit(AppProtocol.Http) | Bit(AppProtocol.Http2),
        "http1" => Bit(AppProtocol.Http),
        "dcerpc" => Bit(AppProtocol.DceRpc) | Bit(AppProtocol.Smb),
        _ => AppProtocols.TryFind(name, out AppProtocol protocol) ? Bit(protocol) : 0,
    };

    public static bool Has(ulong mask, AppProtocol protocol) => ((mask >> (int)protocol) & 1) != 0;

    private static ulong Bit(AppProtocol protocol) => 1UL << (int)protocol;
}
