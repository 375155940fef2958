using System.Text;
using Dataplane.Native.Memory;

namespace Dataplane.Native.Ndpi;

/// <summary>One worker's nDPI 4.2 with a fixed pool of flows, fed exactly as ndpiReader feeds it.</summary>
/// <remarks>
/// The caller counts packets: those beyond PacketMaxTcp or PacketMaxUdp are passed as the last one.
/// Budget:   FlowBytes for each undecided flow; nDPI itself allocates for some protocols.
/// Threads:  one worker; different modules are independent of each other.
/// Lifetime: disposed after its worker has stopped. A flow is open from TryOpen to Close.
/// </remarks>
public sealed unsafe class NdpiModule : IDisposable
{
    public const uint FlowMaxByDefault = 65_536;

    /// <summary>Risks are numbered below this: one bit each.</summary>
    public const int RiskMax = 64;

    /// <summary>Longest host name that nDPI keeps.</summary>
    public const int HostNameBytesMax = 80;

    /// <summary>The packet after this many of a TCP flow decides it (ndpiReader's default).</summary>
    public const int PacketMaxTcp = 80;

    /// <summary>The packet after this many of a UDP flow decides it (ndpiReader's default).</summary>
    public const int PacketMaxUdp = 24;

    private const int NameMaxBytes = 256;
    private const uint LineBytes = 64;
    private const uint BlockBytes = 4 * 1024 * 1024;

    // nDPI fills tables that are common to all modules while it makes one.
    private static readonly Lock Making = new();

    private readonly uint _flowBytes;
    private readonly uint _flowsPerBlock;
    private readonly NativeArray<byte>?[] _blocks;
    private readonly NativeArray<uint> _free;
    private readonly NativeArray<byte> _isOpen;
    private uint _freeCount;
    private nint _module;

    public NdpiModule(uint flowMax = FlowMaxByDefault)
    {
        if (NdpiLibrary.ApiMatches() == 0)
        {
            throw new InvalidOperationException(
                "The nDPI library is not the version that the shim was built with; "
                + "rebuild after installer/appliance doctor has installed libndpi-dev.");
        }
        lock (Making)
        {
            _module = NdpiLibrary.NewModule();
        }
        if (_module == 0)
        {
            throw new InsufficientMemoryException("nDPI found no memory for its tables; add memory.");
        }
        _flowBytes = (NdpiLibrary.FlowBytes() + LineBytes - 1) & ~(LineBytes - 1);
        _flowsPerBlock = BlockBytes / _flowBytes;
        _blocks = new NativeArray<byte>?[(flowMax + _flowsPerBlock - 1) / _flowsPerBlock];
        _free = new NativeArray<uint>(flowMax);
        _isOpen = new NativeArray<byte>(flowMax);
        for (uint i = 0; i < flowMax; i++)
        {
            _free[i] = flowMax - 1 - i;
        }
        _freeCount = flowMax;
    }

    public uint OpenCount => _free.Length - _freeCount;

    /// <summary>Bytes that one open flow takes, without what nDPI allocates for it.</summary>
    public int FlowBytes => (int)_flowBytes;

    public int ProtocolCount => (int)NdpiLibrary.ProtocolCount(_module);

    /// <summary>Takes a flow from the pool; false when all are in use.</summary>
    public bool TryOpen(out uint flow)
    {
        flow = 0;
        if (_freeCount == 0)
        {
            return false;
        }
        flow = _free[--_freeCount];

        // Blocks of 4 MiB are made when first needed: most appliances never have 65,536 undecided flows.
        _blocks[flow / _flowsPerBlock] ??= new NativeArray<byte>(_flowsPerBlock * _flowBytes);
        _isOpen[flow] = 1;
        NdpiLibrary.OpenFlow(At(flow));
        return true;
    }

    /// <summary>Feeds one packet from its IP header to the end of the frame.</summary>
    /// <param name="flow">An open flow that is not decided yet.</param>
    /// <param name="layer3">From the IP header on, as far as the frame goes, padding included.</param>
    /// <param name="nowMs">Packet time; must not go back within a module.</param>
    /// <param name="turn">Last: the flow's packet limit is passed, so decide now.</param>
    /// <param name="answer">What nDPI knows so far.</param>
    public NdpiStep Process(uint flow, PacketBytes layer3, ulong nowMs, NdpiTurn turn, out NdpiAnswer answer)
    {
        byte* state = At(flow);
        Span<byte> bytes = layer3.Span;
        NdpiAnswer said = default;
        int step;
        fixed (byte* start = bytes)
        {
            // SAFETY: nDPI reads at most the length that it is told, and writes the flow's own structure.
            step = NdpiLibrary.Packet(_module, state, start, (uint)bytes.Length, nowMs, (int)turn, &said);
        }
        answer = said;
        return (NdpiStep)step;
    }

    /// <summary>The best answer for a flow that ended undecided, by guessing if need be.</summary>
    public NdpiAnswer GiveUp(uint flow)
    {
        NdpiAnswer answer = default;
        NdpiLibrary.GiveUp(_module, At(flow), &answer);
        return answer;
    }

    /// <summary>
    /// Host name, SNI or SSH client version, if nDPI found one: bytes as sent, cut to the span.
    /// </summary>
    public int HostName(uint flow, Span<byte> text)
    {
        fixed (byte* start = text)
        {
            return (int)NdpiLibrary.HostName(At(flow), start, (uint)text.Length);
        }
    }

    /// <summary>Gives the flow back to the pool.</summary>
    public void Close(uint flow)
    {
        NdpiLibrary.CloseFlow(At(flow));
        _isOpen[flow] = 0;
        _free[_freeCount++] = flow;
    }

    /// <summary>
    /// nDPI's name: "master.app", a single name, or "Unknown". Makes a string: not for the hot path.
    /// </summary>
    public string ProtocolName(ushort master, ushort app)
    {
        byte* text = stackalloc byte[NameMaxBytes];
        return Text(text, NdpiLibrary.ProtocolName(_module, master, app, text, NameMaxBytes));
    }

    /// <summary>nDPI's name of a category, such as "Web".</summary>
    public string CategoryName(ushort category)
    {
        byte* text = stackalloc byte[NameMaxBytes];
        return Text(text, NdpiLibrary.CategoryName(_module, category, text, NameMaxBytes));
    }

    /// <summary>nDPI's judgement of a protocol, a number.</summary>
    public byte Breed(ushort protocol) => NdpiLibrary.Breed(_module, protocol);

    /// <summary>nDPI's name of a breed, such as "Acceptable".</summary>
    public string BreedName(byte breed)
    {
        byte* text = stackalloc byte[NameMaxBytes];
        return Text(text, NdpiLibrary.BreedName(_module, breed, text, NameMaxBytes));
    }

    /// <summary>nDPI's name of a confidence, such as "DPI" or "Match by port".</summary>
    public static string ConfidenceName(byte confidence)
    {
        byte* text = stackalloc byte[NameMaxBytes];
        return Text(text, NdpiLibrary.ConfidenceName(confidence, text, NameMaxBytes));
    }

    /// <summary>nDPI's sentence for one risk bit.</summary>
    public static string RiskName(byte risk)
    {
        byte* text = stackalloc byte[NameMaxBytes];
        return Text(text, NdpiLibrary.RiskName(risk, text, NameMaxBytes));
    }

    public void Dispose()
    {
        if (_module == 0)
        {
            return;
        }
        for (uint flow = 0; flow < _isOpen.Length; flow++)
        {
            if (_isOpen[flow] != 0)
            {
                NdpiLibrary.CloseFlow(At(flow));
            }
        }
        NdpiLibrary.FreeModule(_module);
        _module = 0;
        _freeCount = 0;
        _free.Dispose();
        _isOpen.Dispose();
        foreach (NativeArray<byte>? block in _blocks)
        {
            block?.Dispose();
        }
    }

    private static string Text(byte* start, uint length) => Encoding.UTF8.GetString(start, (int)length);

    private byte* At(uint flow)
    {
        if (_isOpen[flow] == 0)
        {
            throw new InvalidOperationException($"nDPI flow {flow} is not open; open it first.");
        }

        // SAFETY: an open flow's block exists, and its place lies wholly inside that block.
        return _blocks[flow / _flowsPerBlock]!.AddressOf(flow % _flowsPerBlock * _flowBytes);
    }
}
