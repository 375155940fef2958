using System.Buffers.Binary;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Writes alerts and other events as EVE JSON;
/// can narrow itself to the packets of long flows.</summary>
[Profile(Reads = PacketFields.Ip | PacketFields.Ports, ComesBack = false)]
[NetworkFunction("logger", PacketAccess.Read, Title = "Event log")]
[Description("Writes alerts and other events as EVE JSON to a file that rotates.")]
[Subscribes(Alerts, typeof(IdsAlert))]
[Subscribes(Events, typeof(LongFlow))]
[Subscribes(Protocols, typeof(DpiDetect), typeof(DpiChanged), typeof(DpiGiveUp))]
[Subscribes(Packets, typeof(TcpPacket), typeof(IpPacket), InitiallyOff = true)]
public sealed class Logger(Logger.Options options, PerFlow<ProtocolName> protocols)
    : INetworkFunction, IHandle<AnyEvent>, IHandle<IdsAlert>, IHandle<LongFlow>,
      IHandle<DpiDetect>, IHandle<DpiChanged>, IHandle<DpiGiveUp>, IHandle<AppEnd>, IHandle<AppIrregular>,
      IWrites<EveAlertRecord>, IWrites<EveEventRecord>, IWrites<EveApplicationRecord>
{
    /// <summary>Name of the subscription to alerts.</summary>
    public const string Alerts = "alerts";

    /// <summary>Name of the subscription to other events.</summary>
    public const string Events = "events";

    /// <summary>Name of the subscription to protocol identification, for app_proto.</summary>
    public const string Protocols = "protocols";

    /// <summary>Name of the subscription to packets, off until a flow is long.</summary>
    public const string Packets = "packets";

    private const int TailBytesMax = 4_000;
    private readonly byte[] _tail = new byte[TailBytesMax];

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
            Description("Name of the file in the log folder.")]
        public string File { get; init; } = "eve.json";

        [Range(65_536, 1L << 34), Description("Begin a new file when the current one has this many bytes.")]
        public long RotateBytes { get; init; } = 104_857_600;

        [Range(1, 1_000), Description("Keep this many files, the current one among them.")]
        public int KeepFiles { get; init; } = 8;

        [Description("Write alerts.")]
        public bool WriteAlerts { get; init; } = true;

        [Description("Write the other events heard, such as long_flow.")]
        public bool WriteEvents { get; init; } = true;

        [Description("Write each identified protocol as dpi_detect.")]
        public bool WriteProtocols { get; init; }

        [Description("Once a flow is long, write its packets, too.")]
        public bool PacketsOfLongFlows { get; init; }
    }

    public Verdict Handle(in Event<IdsAlert> e, NfContext context)
    {
        if (options.WriteAlerts)
        {
            var record = new EveAlertRecord
            {
                Key = context.Key,
                TimeNs = e.TimeNs,
                Alert = e.Body,
                Flow = e.FlowId,
                Generation = context.Flow.Generation,
                Sender = e.Sender,
                ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
                Protocol = ProtocolOf(e.FlowId, context),
                SideBytes = (ushort)context.SideBlock.Length,
            };
            context.SideBlock.CopyTo(_tail);
            int length = context.SideBlock.Length;
            if (context.Application is { } application
                && AppFields.Current(application, e.Body.Source) is { } transaction)
            {
                record.Application = transaction.Protocol;
                length += AppFields.Write(transaction, _tail.AsSpan(length));
            }

            context.Write(in record, _tail.AsSpan(0, length));
        }

        return Verdict.Pass;
    }

    /// <summary>A transaction is over: a line of its protocol. Heard where the document subscribes to
    /// EVENT/APP/END.</summary>
    public Verdict Handle(in Event<AppEnd> e, NfContext context)
    {
        if (context.Application is { } application
            && AppFields.Find(application, e.Body.App.Transaction) is { } transaction)
        {
            EveApplicationRecord record = About(e.Body.App, e.FlowId, e.TimeNs, context);
            context.Write(in record, _tail.AsSpan(0, AppFields.Write(transaction, _tail)));
        }

        return Verdict.Pass;
    }

    /// <summary>Something irregular about a transaction or flow: a line <c>anomaly</c>.</summary>
    public Verdict Handle(in Event<AppIrregular> e, NfContext context)
    {
        EveApplicationRecord record = About(e.Body.App, e.FlowId, e.TimeNs, context);
        record.Anomaly = (ushort)(e.Body.Anomaly + 1);
        context.Write(in record);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<LongFlow> e, NfContext context)
    {
        if (options.PacketsOfLongFlows)
        {
            context.Subscribe(Packets);
        }

        return WriteEvent(in e.Record, context);
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        Name(e.FlowId, context);
        return options.WriteProtocols ? WriteEvent(in e.Record, context) : Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiChanged> e, NfContext context)
    {
        Name(e.FlowId, context);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiGiveUp> e, NfContext context)
    {
        Name(e.FlowId, context);
        return Verdict.Pass;
    }

    /// <summary>Whatever else the document subscribes the logger to.</summary>
    public Verdict Handle(in Event<AnyEvent> e, NfContext context) => WriteEvent(in e.Record, context);

    private Verdict WriteEvent(ref readonly EventRecord e, NfContext context)
    {
        if (options.WriteEvents)
        {
            var record = new EveEventRecord
            {
                Event = e,
                Key = context.Key,
                ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
                Protocol = protocols[e.Flow],
            };
            context.Write(in record, context.SideBlock);
        }

        return Verdict.Pass;
    }

    private static EveApplicationRecord About(
        AppEvent app, FlowId flow, long timeNs, NfContext context) => new()
        {
            Key = context.Key,
            TimeNs = timeNs,
            Flow = flow,
            Generation = context.Flow.Generation,
            Transaction = app.Transaction,
            Protocol = app.Protocol,
            Sender = Side.Client,
            ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
        };

    /// <summary>What parsers recognised, else what protocol identification said.</summary>
    private ProtocolName ProtocolOf(FlowId flow, NfContext context) =>
        context.Application is { Protocol: > AppProtocol.Failed } known
            ? ProtocolName.Of(known.Protocol) : protocols[flow];

    private void Name(FlowId flow, NfContext context)
    {
        ReadOnlySpan<byte> block = context.SideBlock;
        if (block.Length > sizeof(ushort))
        {
            ReadOnlySpan<byte> name =
                block.Slice(sizeof(ushort), BinaryPrimitives.ReadUInt16LittleEndian(block));
            protocols[flow] = name.SequenceEqual("Unknown"u8) ? default : ProtocolName.OfMaster(name);
        }
    }
}
