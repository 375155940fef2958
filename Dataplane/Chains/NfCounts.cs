using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>What one NF instance answered, said and took. Its worker writes, the control thread reads a
/// moment
/// late.</summary>
public struct NfCounts
{
    public ulong Modified;
    public ulong DropPacket;
    public ulong DropFlow;
    public ulong RejectFlow;

    /// <summary>Events of its that went to people.</summary>
    public ulong Notices;

    /// <summary>Time inside it, ns: one delivery in <see cref="SampleEvery"/> is timed and stands for
    /// all.</summary>
    public ulong Nanoseconds;

    /// <summary>The most events that have waited for it on another core.</summary>
    public int QueueHighWater;

    /// <summary>Events that it missed because its ring was full.</summary>
    public ulong Shed;

    /// <summary>Times that its worker waited for room in its ring.</summary>
    public ulong QueueWaits;

    /// <summary>Deliveries to each timed one: reading the clock costs more than most handlers.</summary>
    public const int SampleEvery = 1024;

    /// <summary>Counts an answer that is not Pass.</summary>
    public void Count(Verdict verdict)
    {
        switch (verdict)
        {
            case Verdict.Modified:
                Modified++;
                break;
            case Verdict.DropPacket:
                DropPacket++;
                break;
            case Verdict.DropFlow:
                DropFlow++;
                break;
            case Verdict.RejectFlow:
                RejectFlow++;
                break;
            default:
                break;
        }
    }
}
