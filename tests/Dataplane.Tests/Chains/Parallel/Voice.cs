using System.Globalization;
using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>What every talker does: what it says, switches and decides follows from all that it has heard of
/// the flow, so that whatever it hears otherwise shows in everything after.</summary>
internal sealed class Voice(
    string kind, int seed, int jitter, PerFlow<Voice.Memory> memories, bool speaks = true)
{
    public const string Packets = "packets";
    public const string Probes = "probes";
    public const string Data = "data";
    public const string States = "states";
    public const string Flows = "flows";

    private const int HopsMax = 3;
    private static readonly string[] Names = [Packets, Probes, Data, States, Flows];
    private readonly Dictionary<int, List<string>> _heard = [];
    private ulong _lastNumber;

    /// <summary>What it heard of each flow, in order, by the client's port.</summary>
    public IReadOnlyDictionary<int, List<string>> Heard => _heard;

    /// <summary>Events that came with a number below one before them, of any flow.</summary>
    public int DisorderCount { get; private set; }

    /// <summary>What is remembered of a flow.</summary>
    public struct Memory
    {
        public ulong Sum;
    }

    /// <summary>Hears an event; answers what it is told to by <paramref name="decide"/>, which is given a
    /// number that depends on all it knows.</summary>
    public Verdict Take(in Event<AnyEvent> e, NfContext context, Func<ulong, NfContext, Verdict> decide)
    {
        string line = Describe(in e, context);
        int port = Math.Max(context.Key.PortA, context.Key.PortB);
        _heard.TryAdd(port, []);
        _heard[port].Add(line);
        DisorderCount += e.Record.EventNumber > _lastNumber ? 0 : 1;
        _lastNumber = e.Record.EventNumber;
        ref Memory memory = ref memories[e.FlowId];
        memory.Sum = line.Aggregate(memory.Sum ^ 0xCBF2_9CE4_8422_2325, Mix);
        ulong choice = kind.Aggregate(memory.Sum + (ulong)seed, Mix);
        Thread.SpinWait(jitter == 0 ? 0 : (int)(choice % (ulong)jitter));
        if (speaks && e.Record.Hops < HopsMax)
        {
            Speak(choice, context);
        }

        Switch(choice, context);
        return decide(choice >> 40, context);
    }

    private static ulong Mix(ulong sum, char letter)
    {
        sum = (sum ^ letter) * 0x9E37_79B9_7F4A_7C15;
        return sum ^ (sum >> 29);
    }

    private static void Speak(ulong choice, NfContext context)
    {
        if ((choice & 3) == 0)
        {
            context.Publish(new Probe(default, (uint)(choice >> 8) & 0xFF));
        }

        if (((choice >> 4) & 15) == 0)
        {
            context.Publish(default(LongFlow), [(byte)(choice >> 16)]);
        }
    }

    private static void Switch(ulong choice, NfContext context)
    {
        if (((choice >> 24) & 7) == 0)
        {
            string name = Names[(choice >> 28) % (ulong)Names.Length];
            if (context.IsSubscribed(name))
            {
                context.Unsubscribe(name);
            }
            else
            {
                context.Subscribe(name);
            }
        }
    }

    // Depth is left out: it may follow what was switched off later than on one core.
    private static string Describe(in Event<AnyEvent> e, NfContext context)
    {
        EventRecord record = e.Record;
        var text = new StringBuilder(EventTree.Types[record.TypeId].Path["EVENT/".Length..]);
        text.Append(CultureInfo.InvariantCulture, $" {e.Sender} {e.Half} {record.Hops} p{record.Publisher}");
        FlowEntry flow = context.Flow;
        text.Append(CultureInfo.InvariantCulture, $" c{flow.ClientPackets}/{flow.ServerPackets}");
        text.Append(CultureInfo.InvariantCulture, $" b{flow.ClientBytes}/{flow.ServerBytes}");
        text.Append(CultureInfo.InvariantCulture, $" t{context.TimeNs} ");
        text.AppendJoin("", Names.Select(name => context.IsSubscribed(name) ? '1' : '0'));
        if (EventTree.IsA(record.TypeId, EventType<FlowEnd>.Id))
        {
            text.Append(CultureInfo.InvariantCulture, $" {EventRecord.BodyOf<FlowEnd>(in record).Reason}");
        }
        else if (!EventTree.IsA(record.TypeId, EventType<FlowEvent>.Id))
        {
            text.Append(' ').Append(Convert.ToHexString(Reinterpret.BytesOf(in record.Body)));
        }

        if (EventTree.IsA(record.TypeId, EventType<DataReady>.Id))
        {
            text.Append(' ').Append(
                Encoding.Latin1.GetString(context.Bytes(new Event<DataReady>(in e.Record)).Span));
        }

        if (EventTree.IsA(record.TypeId, EventType<TcpPacket>.Id))
        {
            TcpSnapshot half = context.Snapshot(e.Half);
            text.Append(' ').Append(Convert.ToHexString(Reinterpret.BytesOf(in half)));
        }

        if (context.HasPacket)
        {
            text.Append(' ').Append(Convert.ToHexString(context.Packet.Frame.Span));
        }

        return text.ToString();
    }
}
