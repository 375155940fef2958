using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;

namespace Dataplane.Notices;

/// <summary>One worker's way to the spool: a bounded ring that never makes the worker wait.</summary>
/// <remarks>
/// A notice that finds the ring full is counted; the notice thread numbers and announces it as lost.
/// Threads: Accept by the worker, Drain by the notice thread. Nothing is allocated after construction.
/// </remarks>
public sealed class SpoolSink : INoticeSink, IDisposable
{
    /// <summary>Room for some 2,000 notices with a packet each.</summary>
    private const uint RingBytes = 4 * 1024 * 1024;

    private readonly RecordRing _ring;
    private ulong _shed;
    private ulong _shedSeen;
    private uint _revision;

    public SpoolSink(uint ringBytes = RingBytes)
    {
        _ring = new RecordRing(ringBytes);
    }

    /// <summary>Protocols detected in this worker's flows.</summary>
    public FlowProtocols Protocols { get; } = new();

    /// <summary>Notices that found the ring full.</summary>
    public ulong ShedCount => Volatile.Read(ref _shed);

    /// <summary>The revision that notices are marked with from now on.</summary>
    public void Use(uint revision) => Volatile.Write(ref _revision, revision);

    public void Accept(in Notice notice)
    {
        ref readonly EventRecord record = ref notice.Record;
        if (record.TypeId == EventType<DpiDetect>.Id)
        {
            var side = new SideBlockReader(notice.SideBlock);
            Protocols.Remember(record.Flow, record.Generation, side.ReadText());
        }
        ProtocolName protocol = notice.HasFlow ? Protocols.Find(record.Flow, record.Generation) : default;
        ReadOnlySpan<byte> app = ProtocolName.Text(in protocol);
        Span<byte> nf = stackalloc byte[SpoolLayout.NameBytesMax];
        Span<byte> chain = stackalloc byte[SpoolLayout.NameBytesMax];
        Span<byte> body = stackalloc byte[NoticeLayout.BodyBytesMax];
        nf = nf[..NameOf(notice.Function?.Name ?? "", nf)];
        chain = chain[..NameOf(notice.Chain.Id, chain)];
        body = body[..NoticeLayout.Of(record.TypeId).Encode(in record, notice.SideBlock, body)];
        SpoolRecordHeader header = HeaderOf(in notice);
        ReadOnlySpan<byte> packet = PacketOf(in notice, header.Severity);
        header.NfNameBytes = (byte)nf.Length;
        header.ChainNameBytes = (byte)chain.Length;
        header.AppProtocolBytes = (byte)app.Length;
        header.BodyBytes = (ushort)body.Length;
        header.PacketBytes = (ushort)packet.Length;
        int bytes = SpoolLayout.RecordHeaderBytes + nf.Length + chain.Length + app.Length + body.Length
            + packet.Length;
        if (!_ring.TryBegin(bytes, out Span<byte> space))
        {
            Volatile.Write(ref _shed, _shed + 1);
            return;
        }
        Append(ref space, Reinterpret.BytesOf(in header));
        Append(ref space, nf);
        Append(ref space, chain);
        Append(ref space, app);
        Append(ref space, body);
        Append(ref space, packet);
        _ring.Commit();
    }

    /// <summary>Puts up to <paramref name="most"/> notices into the spool and answers how many.</summary>
    public int Drain(NoticeSpool spool, int most, long nowUs)
    {
        ulong shed = ShedCount;
        if (shed != _shedSeen)
        {
            spool.Lose(shed - _shedSeen);
            _shedSeen = shed;
        }
        int count = 0;
        while (count < most && _ring.TryPeek(out ReadOnlySpan<byte> bytes))
        {
            SpoolRecordHeader header = Reinterpret.Read<SpoolRecordHeader>(bytes);
            ReadOnlySpan<byte> rest = bytes[SpoolLayout.RecordHeaderBytes..];
            spool.TryAppend(
                new SpoolNotice
                {
                    Header = header,
                    NfName = Take(ref rest, header.NfNameBytes),
                    ChainName = Take(ref rest, header.ChainNameBytes),
                    AppProtocol = Take(ref rest, header.AppProtocolBytes),
                    Body = Take(ref rest, header.BodyBytes),
                    Packet = Take(ref rest, header.PacketBytes),
                },
                nowUs);
            _ring.Release();
            count++;
        }
        return count;
    }

    public void Dispose()
    {
        _ring.Dispose();
        Protocols.Dispose();
    }

    private SpoolRecordHeader HeaderOf(in Notice notice)
    {
        ref readonly EventRecord record = ref notice.Record;
        var header = new SpoolRecordHeader
        {
            Type = record.TypeId,
            Revision = Volatile.Read(ref _revision),
            Time = record.TimeNs / 1_000,
            EventNumber = (uint)record.EventNumber,
            Severity = (byte)EventTree.Types[record.TypeId].Notice!.Severity,
            Sender = SenderNumber(record.Sender),
            Port = byte.MaxValue,
        };
        Side source = record.Sender;
        if (EventTree.IsA(record.TypeId, EventType<IdsEvent>.Id))
        {
            ref readonly IdsEvent ids = ref EventRecord.BodyOf<IdsEvent>(in record);
            header.Severity = Math.Clamp(ids.Severity, (byte)Severity.High, (byte)Severity.Information);
            header.Action = ids.Action == IdsAction.Blocked ? SpoolAction.Blocked : SpoolAction.Allowed;
        }
        if (record.TypeId == EventType<IdsAlert>.Id)
        {
            Side named = EventRecord.BodyOf<IdsAlert>(in record).Source;
            source = named == Side.None ? source : named;
        }
        if (notice.HasPacket)
        {
            header.Port = notice.Packet.PortIndex;
            header.PacketWireBytes = notice.Packet.WireLength;
        }
        if (notice.HasFlow)
        {
            AddFlow(ref header, in notice, source);
        }
        return header;
    }

    private static void AddFlow(ref SpoolRecordHeader header, in Notice notice, Side source)
    {
        ref readonly FlowKey key = ref notice.Key;
        bool clientIsB = (notice.Flow.Flags & FlowFlags.ClientIsB) != 0;
        bool sourceIsB = (source == Side.Server) != clientIsB;
        header.Flow = notice.Record.Flow.Identity(notice.Record.Generation);
        header.Protocol = key.Protocol;
        header.Vlan = key.Vlan;
        header.InnerVlan = key.InnerVlan;
        SharedAddress a = AddressOf(key.AddressAHigh, key.AddressALow);
        SharedAddress b = AddressOf(key.AddressBHigh, key.AddressBLow);
        header.SourceAddress = sourceIsB ? b : a;
        header.DestinationAddress = sourceIsB ? a : b;
        header.SourcePort = sourceIsB ? key.PortB : key.PortA;
        header.DestinationPort = sourceIsB ? key.PortA : key.PortB;
        if (key.Protocol is IpProtocols.Icmp or IpProtocols.Icmpv6 && notice.HasPacket)
        {
            header.SourcePort = notice.Packet.SourcePort; // type
            header.DestinationPort = notice.Packet.DestinationPort; // code
        }
    }

    // Information is about flows, not packets: each flow has one, and packets would fill the spool.
    private static ReadOnlySpan<byte> PacketOf(in Notice notice, byte severity)
    {
        if (!notice.HasPacket || severity >= (byte)Severity.Information)
        {
            return default;
        }
        ReadOnlySpan<byte> frame = notice.Packet.Frame.Span;
        return frame[..Math.Min(frame.Length, SpoolLayout.PacketBytesMax)];
    }

    private static byte SenderNumber(Side sender) => sender switch
    {
        Side.Client => 1,
        Side.Server => 2,
        _ => 0,
    };

    private static SharedAddress AddressOf(ulong high, ulong low)
    {
        SharedAddress address = default;
        Reinterpret.BytesOf(in high).CopyTo(address);
        Reinterpret.BytesOf(in low).CopyTo(((Span<byte>)address)[sizeof(ulong)..]);
        return address;
    }

    private static int NameOf(string name, Span<byte> utf8) =>
        Encoding.UTF8.TryGetBytes(name, utf8, out int bytes) ? bytes : 0;

    private static void Append(ref Span<byte> rest, scoped ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
