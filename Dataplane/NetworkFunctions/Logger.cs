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
[Subscribes("http", typeof(AppEnd), WhenOption = nameof(Options.WriteHttp))]
[Subscribes("tls", typeof(AppEnd), WhenOption = nameof(Options.WriteTls))]
[Subscribes("dns", typeof(AppEnd), WhenOption = nameof(Options.WriteDns))]
[Subscribes("anomalies", typeof(AppIrregular), WhenOption = nameof(Options.WriteAnomalies))]
[Subscribes("flows", typeof(FlowStart), typeof(FlowEnd), WhenOption = nameof(Options.WriteFlows))]
public sealed partial class Logger(
    Logger.Options options, PerFlow<ProtocolName> protocols, PerFlow<Logger.State> states)
    : INetworkFunction, IHandle<AnyEvent>, IHandle<IdsAlert>, IHandle<LongFlow>,
      IHandle<DpiDetect>, IHandle<DpiChanged>, IHandle<DpiGiveUp>, IHandle<AppEnd>, IHandle<AppIrregular>,
      IHandle<FlowStart>, IHandle<FlowEnd>,
      IWrites<EveAlertRecord>, IWrites<EveEventRecord>, IWrites<EveApplicationRecord>,
      IWrites<EveFlowRecord>
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
    private const long NanosecondsPerMillisecond = 1_000_000;
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

        [Description("Write a line http for each request with its response.")]
        public bool WriteHttp { get; init; }

        [Description("Write a line tls for each handshake.")]
        public bool WriteTls { get; init; }

        [Description("Write a line dns for each question and each answer.")]
        public bool WriteDns { get; init; }

        [Description("Write a line anomaly for what is irregular about applications.")]
        public bool WriteAnomalies { get; init; }

        [Description("Write a line flow for each flow at its end.")]
        public bool WriteFlows { get; init; }

        [Description("Write the payload of the packet that raised an alert, in base64.")]
        public bool AlertPayload { get; init; }

        [Description("Write that payload with a dot for each byte that cannot be printed.")]
        public bool AlertPayloadPrintable { get; init; }

        [Description("Write the whole frame that raised an alert, in base64.")]
        public bool AlertPacket { get; init; }
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public long StartNs;
        public byte HasAlerted;
    }

    public Verdict Handle(in Event<IdsAlert> e, NfContext context)
    {
        if (options.WriteAlerts)
        {
            WriteAlert(in e, context);
        }

        return Verdict.Pass;
    }

    /// <summary>A transaction is over: a line of its protocol, two for DNS.</summary>
    public Verdict Handle(in Event<AppEnd> e, NfContext context)
    {
        if (context.Application is not { } application || !Writes(e.Body.App.Protocol)
            || AppFields.Find(application, e.Body.App.Transaction) is not { } transaction)
        {
            return Verdict.Pass;
        }

        EveApplicationRecord record = About(e.Body.App, e.FlowId, e.TimeNs, context);
        context.Write(in record, _tail.AsSpan(0, AppFields.Write(transaction, Side.Client, _tail)));
        bool isAnswered = transaction.TryGet(AppNumber.DnsId, Side.Server, out _);
        if (transaction.Protocol == AppProtocol.Dns && isAnswered)
        {
            record.IsAnswer = 1;
            context.Write(in record, _tail.AsSpan(0, AppFields.Write(transaction, Side.Server, _tail)));
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

    /// <summary>Where the document subscribes to EVENT/APP/END without naming protocols: all.</summary>
    private bool Writes(AppProtocol protocol) => protocol switch
    {
        AppProtocol.Http when options.WriteHttp => true,
        AppProtocol.Tls when options.WriteTls => true,
        AppProtocol.Dns when options.WriteDns => true,
        _ => !options.WriteHttp && !options.WriteTls && !options.WriteDns,
    };

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
