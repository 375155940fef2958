using ControlApi.Contract.Status;

namespace WebUi.Stores;

/// <summary>Forms rates from the byte counters of two looks at the live flows.</summary>
public sealed class FlowRates
{
    private const int BitsPerByte = 8;

    private Dictionary<string, ulong> _bytes = [];
    private DateTimeOffset _at;

    /// <summary>Rates since the look before; at the first look, means over each flow's life.</summary>
    public IReadOnlyList<FlowRate> Next(IReadOnlyList<FlowStatus> flows, DateTimeOffset now)
    {
        double seconds = (now - _at).TotalSeconds;
        FlowRate[] rows = [.. flows.Select(flow => new FlowRate(flow, RateOf(flow, seconds)))];
        _bytes = flows.DistinctBy(flow => flow.Id).ToDictionary(flow => flow.Id, Total);
        _at = now;
        return rows;
    }

    private double RateOf(FlowStatus flow, double seconds)
    {
        ulong total = Total(flow);
        if (_bytes.TryGetValue(flow.Id, out ulong before) && total >= before && seconds > 0)
        {
            return BitsPerByte * (total - before) / seconds;
        }
        double life = (flow.LastSeen - flow.FirstSeen).TotalSeconds;
        return life > 0 ? BitsPerByte * total / life : 0;
    }

    private static ulong Total(FlowStatus flow) => flow.ClientBytes + flow.ServerBytes;
}
