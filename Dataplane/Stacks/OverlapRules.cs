using Dataplane.Contract.Configuration;

namespace Dataplane.Stacks;

/// <summary>Which of two overlapping pieces keeps its bytes: target-based reassembly as Novak and Sturges
/// published it (segments 2007, fragments 2005).</summary>
/// <remarks>Pure. "Old" is what came first; ends are one beyond the last byte.</remarks>
public static class OverlapRules
{
    /// <summary>True when a new TCP segment's bytes replace those of one that waits.</summary>
    public static bool NewSegmentWins(
        OverlapPolicy policy, ulong start, ulong end, ulong oldStart, ulong oldEnd)
    {
        switch (policy)
        {
            case OverlapPolicy.First or OverlapPolicy.Vista:
                return false;
            case OverlapPolicy.Last:
                return true;
            case OverlapPolicy.Solaris or OverlapPolicy.Hpux11:
                return start <= oldStart ? end >= oldEnd : end > oldEnd;
            case OverlapPolicy.Linux or OverlapPolicy.Strict:
                return start < oldStart || (start == oldStart && end > oldEnd);
            case OverlapPolicy.OldLinux:
                return start < oldStart || (start == oldStart && end >= oldEnd);
            default:
                return start < oldStart;
        }
    }

    /// <summary>True when a new fragment's bytes replace those of one that waits.</summary>
    public static bool NewFragmentWins(
        OverlapPolicy policy, ulong start, ulong end, ulong oldStart, ulong oldEnd) =>
        policy switch
        {
            OverlapPolicy.First => false,
            OverlapPolicy.Last => true,
            OverlapPolicy.BsdRight => start >= oldStart,
            OverlapPolicy.Linux or OverlapPolicy.OldLinux => start <= oldStart,
            OverlapPolicy.Windows or OverlapPolicy.Windows2K3 or OverlapPolicy.Vista =>
                start < oldStart && end > oldEnd,
            OverlapPolicy.Solaris or OverlapPolicy.Hpux11 => start < oldStart && end >= oldEnd,
            _ => start < oldStart,
        };
}
