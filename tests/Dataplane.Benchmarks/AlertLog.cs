using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks;

/// <summary>Keeps which flow raised which alert, in places made before; counts records and forgets
/// them.</summary>
public sealed class AlertLog : INoticeSink, IRecordSink
{
    private const int PlacesMax = 65_536;
    private readonly (int Flow, uint Sid)[] _alerts = new (int, uint)[PlacesMax];

    /// <summary>Alerts since the last <see cref="Forget"/>: number of the flow (the last two octets of its
    /// client) and sid.</summary>
    public ReadOnlySpan<(int Flow, uint Sid)> Alerts => _alerts.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Alerts that found no place.</summary>
    public int LostCount { get; private set; }

    /// <summary>Notices of all kinds since it was made.</summary>
    public long Notices { get; private set; }

    /// <summary>Records that NFs wrote since it was made.</summary>
    public long Records { get; private set; }

    public void Forget() => Count = 0;

    public void Accept(in Notice notice)
    {
        Notices++;
        if (!EventTree.IsA(notice.Record.TypeId, EventType<IdsAlert>.Id))
        {
            return;
        }

        if (Count == PlacesMax)
        {
            LostCount++;
            return;
        }

        bool isB = (notice.Flow.Flags & FlowFlags.ClientIsB) != 0;
        ulong client = isB ? notice.Key.AddressBLow : notice.Key.AddressALow;
        int flow = (int)((client >> 48) & 0xFF) << 8 | (int)(client >> 56);
        _alerts[Count++] = (flow, EventRecord.BodyOf<IdsAlert>(in notice.Record).Ids.Sid);
    }

    public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        Records++;
        return true;
    }
}
