namespace Dataplane.Chains;

/// <summary>Remembers when an NF threw, to tell a rare fault from a broken NF (engine §21).</summary>
public sealed class FaultLog
{
    /// <summary>So many throws inside <see cref="WindowNs"/> take the NF out.</summary>
    public const int ThrowMax = 16;

    /// <summary>One second of flow time.</summary>
    public const long WindowNs = 1_000_000_000;

    private readonly long[] _times = new long[ThrowMax];
    private int _next;

    /// <summary>Throws so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>The last one, for people; empty while there was none.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Notes a throw; true when it was the last one that is borne.</summary>
    public bool Note(Exception error, long timeNs)
    {
        Last = $"{error.GetType().Name}: {error.Message}";
        _times[_next] = timeNs;
        _next = (_next + 1) % ThrowMax;
        Count++;
        return Count >= ThrowMax && timeNs - _times[_next] <= WindowNs;
    }
}
