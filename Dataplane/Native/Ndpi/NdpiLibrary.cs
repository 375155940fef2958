using System.Runtime.InteropServices;

namespace Dataplane.Native.Ndpi;

/// <summary>P/Invoke declarations, one per function of ndpi_shim.c.</summary>
internal static unsafe partial class NdpiLibrary
{
    private const string Library = NativeLibraries.Ndpi;

    [LibraryImport(Library, EntryPoint = "ndpi_shim_api_matches")]
    public static partial int ApiMatches();

    [LibraryImport(Library, EntryPoint = "ndpi_shim_flow_bytes")]
    public static partial uint FlowBytes();

    [LibraryImport(Library, EntryPoint = "ndpi_shim_module_new")]
    public static partial nint NewModule();

    [LibraryImport(Library, EntryPoint = "ndpi_shim_module_free")]
    public static partial void FreeModule(nint module);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_flow_open")]
    public static partial void OpenFlow(byte* flow);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_flow_close")]
    public static partial void CloseFlow(byte* flow);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_packet")]
    public static partial int Packet(
        nint module, byte* flow, byte* layer3, uint length, ulong nowMs, int last, NdpiAnswer* answer);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_give_up")]
    public static partial void GiveUp(nint module, byte* flow, NdpiAnswer* answer);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_host_name")]
    public static partial uint HostName(byte* flow, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_protocol_name")]
    public static partial uint ProtocolName(nint module, ushort master, ushort app, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_category_name")]
    public static partial uint CategoryName(nint module, ushort category, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_breed")]
    public static partial byte Breed(nint module, ushort protocol);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_breed_name")]
    public static partial uint BreedName(nint module, byte breed, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_confidence_name")]
    public static partial uint ConfidenceName(byte confidence, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_risk_name")]
    public static partial uint RiskName(byte risk, byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "ndpi_shim_protocol_count")]
    public static partial uint ProtocolCount(nint module);
}
