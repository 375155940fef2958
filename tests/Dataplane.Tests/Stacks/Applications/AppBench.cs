using System.Globalization;
using System.Text;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks.Applications;
using Testing;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>An application stack with one flow, fed by hand; writes down what every transaction came
/// to.</summary>
internal sealed class AppBench : IDisposable
{
    private const uint FlowMax = 4;
    private const uint BufferBytes = 1 << 20;
    private readonly FlowTable _flows = new(FlowMax, FlowHash.Fixed);
    private readonly NativeArray<byte> _buffer = new(BufferBytes);
    private readonly ulong[] _offsets = new ulong[2];
    private readonly SortedDictionary<uint, string> _done = [];
    private readonly ushort _serverPort;
    private uint _slot;
    private long _timeNs;

    public AppBench(ushort serverPort = 80, ApplicationLimits? limits = null)
    {
        _serverPort = serverPort;
        var bus = new EventBus();
        var links = new LinkTable([]);
        bus.Use(0, [links], [new LinkLimits(links, 0)]);
        Stack = new ApplicationStack(bus, _flows, FlowMax, limits);
        Begin();
    }

    public ApplicationStack Stack { get; }

    /// <summary>Keeps numbers of what was found instead of texts: for a great many dialogues.</summary>
    public bool IsTerse { get; init; }

    /// <summary>Number for all that was found, and for its kind; of terse benches.</summary>
    public ulong Content { get; private set; }

    public ulong Kind { get; private set; }

    /// <summary>The flow; null before its first byte.</summary>
    public IAppFlow? Flow => Stack.Find(_slot);

    /// <summary>What was found of one dialogue, a transaction a paragraph.</summary>
    public static string Read(ushort serverPort, params (Side Side, byte[] Bytes)[] pieces)
    {
        using var bench = new AppBench(serverPort);
        foreach ((Side side, byte[] bytes) in pieces)
        {
            bench.Send(side, bytes);
        }
        return bench.Finish();
    }

    public void Begin()
    {
        FlowKey key = Keys.Of("10.0.0.1", 40_000, "10.0.0.2", _serverPort, IpProtocols.Tcp);
        _slot = _flows.Create(in key, _flows.HashOf(in key));
        Array.Clear(_offsets);
        _done.Clear();
        (Content, Kind) = (0, 0);
    }

    public void Send(Side side, string text) => Send(side, Encoding.Latin1.GetBytes(text));

    public void Send(Side side, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(0, (uint)bytes.Length));
        Stack.TakeBytes(
            _slot, in _flows[_slot], side, _offsets[(int)side], _buffer.Bytes(0, (uint)bytes.Length),
            _timeNs++);
        _offsets[(int)side] += (ulong)bytes.Length;
        Delivered();
    }

    public void SendDatagram(Side side, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(0, (uint)bytes.Length));
        var packet = new Packet
        {
            Frame = _buffer.Bytes(0, (uint)bytes.Length),
            PayloadLength = (ushort)bytes.Length,
            Sender = side,
            TimestampNs = _timeNs++,
        };
        Stack.TakeDatagram(_slot, in _flows[_slot], in packet);
        Delivered();
    }

    public void Lose(Side side, uint count)
    {
        Stack.TakeGap(_slot, in _flows[_slot], side, _offsets[(int)side], count, _timeNs++);
        _offsets[(int)side] += count;
        Delivered();
    }

    public void End(Side side)
    {
        Stack.TakeEnd(_slot, in _flows[_slot], side, _timeNs++);
        Delivered();
    }

    /// <summary>What was found, a transaction a paragraph; once finished, unless terse.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Ends the flow and says what was found.</summary>
    public string Finish()
    {
        Stack.FlowEnding(_slot, in _flows[_slot], _timeNs++);
        if (IsTerse)
        {
            AppAnomalySet set = Flow?.Anomalies ?? default;
            ulong about = AppDigest.Mix((ulong)(Flow?.Protocol ?? 0), set.Low ^ ~set.High);
            (Content, Kind) = (Content + about, Kind + about);
        }
        string name = Flow is null || IsTerse ? "nothing"
            : $"{AppProtocols.NameOf(Flow.Protocol)} {Names(Flow.Anomalies, AppProtocol.Unknown)}";
        Delivered();
        Text = IsTerse ? "" : name + "\n" + string.Join("\n", _done.Values);
        Close();
        return Text;
    }

    /// <summary>Ends the flow; nobody asks what was found.</summary>
    public void FinishUnread()
    {
        Stack.FlowEnding(_slot, in _flows[_slot], _timeNs++);
        Close();
    }

    public void Dispose()
    {
        Stack.Dispose();
        _flows.Dispose();
        _buffer.Dispose();
    }

    private void Close()
    {
        Stack.FlowEnded(_slot);
        Stack.PacketDelivered();
        _flows.Remove(_slot);
    }

    private void Delivered()
    {
        for (int i = 0; i < (Flow?.TransactionCount ?? 0); i++)
        {
            AppTransaction transaction = Flow![i];
            if (transaction.IsComplete(Side.Client) && transaction.IsComplete(Side.Server))
            {
                Keep(transaction);
            }
        }
        Stack.PacketDelivered();
    }

    private void Keep(AppTransaction transaction)
    {
        if (!IsTerse)
        {
            _done[transaction.Number] = Describe(transaction);
            return;
        }
        Content += AppDigest.Content(transaction);
        Kind += AppDigest.Kind(transaction);
    }

    private static string Describe(AppTransaction transaction)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"#{transaction.Number} {Names(transaction.Anomalies, transaction.Protocol)}\n");
        foreach (Side side in new[] { Side.Client, Side.Server })
        {
            foreach (AppBuffer buffer in Enum.GetValues<AppBuffer>())
            {
                for (int i = 0; i < transaction.CountOf(buffer, side); i++)
                {
                    if (transaction.TryGet(buffer, side, i, out ReadOnlySpan<byte> bytes))
                    {
                        text.Append(CultureInfo.InvariantCulture, $"  {side} {buffer} {i}: {Show(bytes)}\n");
                    }
                }
            }
            foreach (AppNumber number in Enum.GetValues<AppNumber>())
            {
                if (transaction.TryGet(number, side, out long value))
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {side} {number}: {value}\n");
                }
            }
            for (int i = 0; i < transaction.CountOf(AppBuffer.FileData, side); i++)
            {
                AppBodyState state = transaction.BodyOf(side, i);
                text.Append(CultureInfo.InvariantCulture, $"  {side} file {i}: {state}\n");
            }
        }
        return text.ToString();
    }

    private static string Names(AppAnomalySet set, AppProtocol protocol) =>
        string.Join(' ', Enum.GetValues<AppAnomaly>()
            .Where(anomaly => AppAnomalies.ProtocolOf(anomaly) == protocol && set.Has(anomaly))
            .Select(AppAnomalies.NameOf));

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte value in bytes)
        {
            text.Append(value is >= 32 and < 127 ? ((char)value).ToString()
                : value switch { 10 => "\\n", 13 => "\\r", 9 => "\\t", _ => $"\\x{value:x2}" });
        }
        return text.ToString();
    }
}
