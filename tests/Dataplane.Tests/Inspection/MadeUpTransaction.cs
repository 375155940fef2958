using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection;

/// <summary>A transaction of which a test says what its messages hold and how far they are.</summary>
internal sealed class MadeUpTransaction(AppProtocol protocol) : AppTransaction
{
    private readonly Dictionary<(AppBuffer, Side), List<byte[]>> _texts = [];
    private readonly Dictionary<(AppNumber, Side), long> _numbers = [];
    private readonly AppProgress[] _progress = new AppProgress[3];

    public override AppProtocol Protocol => protocol;

    public MadeUpTransaction With(AppBuffer buffer, Side sender, params string[] texts)
    {
        _texts[(buffer, sender)] = [.. texts.Select(RuleBench.Bytes)];
        return this;
    }

    public MadeUpTransaction With(AppNumber number, Side sender, long value)
    {
        _numbers[(number, sender)] = value;
        return this;
    }

    public MadeUpTransaction At(Side sender, AppProgress progress)
    {
        _progress[(int)sender] = progress;
        return this;
    }

    public void Report(AppAnomaly anomaly) => Anomalies = Anomalies.With(anomaly);

    public override AppProgress ProgressOf(Side sender) => _progress[(int)sender];

    public override bool TryGet(AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        bool has = _texts.TryGetValue((buffer, sender), out List<byte[]>? texts) && instance < texts.Count;
        bytes = has ? texts![instance] : default;
        return has;
    }

    public override int CountOf(AppBuffer buffer, Side sender) =>
        _texts.TryGetValue((buffer, sender), out List<byte[]>? texts) ? texts.Count : 0;

    public override bool TryGet(AppNumber number, Side sender, out long value) =>
        _numbers.TryGetValue((number, sender), out value);

    public override AppBodyState BodyOf(Side sender, int instance) =>
        TryGet(AppBuffer.FileData, sender, instance, out ReadOnlySpan<byte> bytes)
            ? new AppBodyState((ulong)bytes.Length, true, false) : default;
}
