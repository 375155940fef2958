using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dataplane.Native.Memory;

namespace Dataplane.Native.Reference;

/// <summary>
/// The C program that time gates are ratios to: parse, keyed symmetric hash, bucketed lookup in three
/// prefetching passes, update of one 64-byte line a flow.
/// </summary>
/// <remarks>
/// Threads:  one.
/// Lifetime: made by a benchmark, disposed by it.
/// </remarks>
public sealed unsafe partial class CReference : IDisposable
{
    public const int BurstMax = 64;
    public const uint NoSlot = uint.MaxValue;

    private nint _table;

    public CReference(uint flowMax, ulong seed)
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported)
        {
            throw new PlatformNotSupportedException(
                "The C reference is built for AVX2; use a processor that has it.");
        }
        _table = New(flowMax, seed);
        if (_table == 0)
        {
            throw new InsufficientMemoryException("The C reference found no memory; ask for fewer flows.");
        }
    }

    public uint FlowCount => GetFlowCount(Table);

    private nint Table
    {
        get
        {
            ObjectDisposedException.ThrowIf(_table == 0, this);
            return _table;
        }
    }

    /// <summary>Packets that a flow has had.</summary>
    public ulong PacketCount(uint slot) => GetPacketCount(Table, slot);

    /// <summary>
    /// Handles a burst, writes each packet's flow slot, and answers how many packets have one.
    /// </summary>
    public uint Process(ReadOnlySpan<PacketBytes> burst, ulong nowNs, Span<uint> slots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(burst.Length, BurstMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots.Length, burst.Length);
        fixed (PacketBytes* packets = burst)
        fixed (uint* where = slots)
        {
            // SAFETY: both spans hold at least burst.Length items; PacketBytes has the layout of
            // packet_bytes.
            return ProcessBurst(Table, packets, (uint)burst.Length, nowNs, where);
        }
    }

    public void Dispose()
    {
        Free(_table);
        _table = 0;
    }

    [LibraryImport(NativeLibraries.Reference, EntryPoint = "reference_new")]
    private static partial nint New(uint flowMax, ulong seed);

    [LibraryImport(NativeLibraries.Reference, EntryPoint = "reference_free")]
    private static partial void Free(nint table);

    [LibraryImport(NativeLibraries.Reference, EntryPoint = "reference_flow_count")]
    private static partial uint GetFlowCount(nint table);

    [LibraryImport(NativeLibraries.Reference, EntryPoint = "reference_packet_count")]
    private static partial ulong GetPacketCount(nint table, uint slot);

    [LibraryImport(NativeLibraries.Reference, EntryPoint = "reference_burst")]
    private static partial uint ProcessBurst(
        nint table, PacketBytes* burst, uint count, ulong nowNs, uint* slots);
}
