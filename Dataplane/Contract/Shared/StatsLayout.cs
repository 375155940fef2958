using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>The stats segment RUN/stats: a header, then tables, each under its own sequence lock.</summary>
/// <remarks>
/// One writer (the dataplane's control thread), any number of readers in other processes.
/// Counters only grow while the writer lives; readers form rates from two looks. Little-endian.
/// </remarks>
public static class StatsLayout
{
    /// <summary>"MBXSTATS" read as a little-endian number.</summary>
    public const ulong Magic = 0x535441545358424D;

    public const uint Version = 2;
    public const int HeaderBytes = 256;

    /// <summary>File below RUN.</summary>
    public const string File = "stats";

    public const int TopFlowsMax = 256;

    /// <summary>Rules that were checked at least once; more than this are left out.</summary>
    public const int RulesMax = 8_192;

    public static readonly StatsSection Totals = After(HeaderBytes, SizeOf<TotalsRow>(), 1);
    public static readonly StatsSection Ports = After(Totals.End, SizeOf<PortRow>(), 16);
    public static readonly StatsSection Workers = After(Ports.End, SizeOf<WorkerRow>(), 64);
    public static readonly StatsSection Drops = After(Workers.End, SizeOf<NamedCountRow>(), 256);
    public static readonly StatsSection Depths = After(Drops.End, SizeOf<NamedCountRow>(), 32);
    public static readonly StatsSection Nfs = After(Depths.End, SizeOf<NfRow>(), 256);
    public static readonly StatsSection Events = After(Nfs.End, SizeOf<EventRow>(), 4_096);
    public static readonly StatsSection TopFlows = After(Events.End, SizeOf<FlowRow>(), TopFlowsMax);
    public static readonly StatsSection Rules = After(TopFlows.End, SizeOf<RuleRow>(), RulesMax);
    public static readonly StatsSection Pools = After(Rules.End, SizeOf<PoolRow>(), 32);

    /// <summary>Length of the whole file.</summary>
    public static readonly int Bytes = Pools.End;

    /// <summary>Bytes of a row as it lies in memory.</summary>
    internal static int SizeOf<T>()
        where T : unmanaged
    {
        T row = default;
        return MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in row)).Length;
    }

    private static StatsSection After(int offset, int rowBytes, int rowsMax)
        => new(offset, rowBytes, rowsMax);
}
