using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>
/// Events of one type delivered to one NF; the row with NfIndex none counts what was built.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventRow
{
    public const ushort NoNf = ushort.MaxValue;

    /// <summary>Number of the event type in the catalogue.</summary>
    public ushort Type;

    /// <summary>Row of the NF in the table of NFs.</summary>
    public ushort NfIndex;

    /// <summary>Bit of the subscription in the chain's link mask; 255 where it is not told apart.</summary>
    public byte Link;
    public byte Unused;
    public ushort Unused2;
    public ulong Count;
}
