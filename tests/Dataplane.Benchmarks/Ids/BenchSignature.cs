using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Vectorscan;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>The paper's Signature_Match: vectorscan over packets or over the client's stream.</summary>
/// <remarks>
/// The same automata as in <c>signature-match</c>, without its rules' other options, so that what one event
/// costs can be measured apart. What it does follows from the subscriptions it is given.
/// </remarks>
[NetworkFunction("bench-signature", PacketAccess.Read, Title = "Bench: signature match")]
[Subscribes("every-packet", typeof(TcpPacket))]
[Subscribes(Packets, typeof(TcpPacket), InitiallyOff = true)]
[Subscribes(Stream, typeof(DataReady), Sender = "client", InitiallyOff = true, Start = "offset:0")]
[Subscribes(Answers, typeof(DataReady), Sender = "server", InitiallyOff = true)]
[Subscribes(Detections, typeof(DpiDetect), typeof(DpiGiveUp))]
[Subscribes("ends", typeof(FlowEnd), Always = true)]
public sealed class BenchSignature
    : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>, IHandle<DpiDetect>, IHandle<DpiGiveUp>,
      IHandle<FlowEnd>, IPublish<IdsAlert>, IDisposable
{
    /// <summary>Packets of flows that DPI calls HTTP.</summary>
    public const string Packets = "packets";

    /// <summary>The client's stream of flows that DPI calls HTTP.</summary>
    public const string Stream = "stream";

    /// <summary>The server's stream of the same: tells that a request was answered.</summary>
    public const string Answers = "answers";

    /// <summary>What DPI says.</summary>
    public const string Detections = "detections";

    private readonly Options _options;
    private readonly PerFlow<State> _states;
    private readonly BenchPatterns _patterns;
    private readonly PatternScanner _scanner = new();
    private readonly PatternStreams _streams;

    public BenchSignature(Options options, PerFlow<State> states, BenchPatterns patterns)
    {
        (_options, _states, _patterns) = (options, states, patterns);
        _scanner.Prepare(patterns.Block);
        _scanner.Prepare(patterns.Streaming);
        _streams = new PatternStreams(patterns.Streaming, options.StreamMax);
    }

    /// <summary>Which of the paper's configurations it stands in.</summary>
    public sealed record Options
    {
        /// <summary>Never unsubscribes: configurations 1 to 3.</summary>
        public bool Static { get; init; }

        /// <summary>Scans a packet again when the other half's update tells of it.</summary>
        public bool EachHalf { get; init; }

        /// <summary>Scans the packet that DPI's answer came with.</summary>
        public bool ScansDetected { get; init; }

        /// <summary>Declares a flow clean when a request is answered after so many bytes of requests without
        /// a match, and leaves it; 0: never.</summary>
        public uint CleanAfterBytes { get; init; }

        /// <summary>Streams at once.</summary>
        public uint StreamMax { get; init; } = 8_192;
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        /// <summary>libhs's stream plus 1; 0 while none is open.</summary>
        public uint OpenStream;
        public uint ScannedBytes;
        public byte IsDone;
    }

    public long ScannedBytes { get; private set; }

    public long ScanCount { get; private set; }

    /// <summary>Flows declared clean.</summary>
    public long CleanCount { get; private set; }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        if (e.Half == e.Sender.Other() || _options.EachHalf)
        {
            ScanPacket(context);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataReady> e, NfContext context)
    {
        ref State state = ref _states[e.FlowId];
        ReadOnlySpan<byte> bytes = context.Bytes(in e).Span;
        if (state.IsDone != 0 || bytes.IsEmpty)
        {
            return Verdict.Pass;
        }

        if (e.Body.Side == Side.Server)
        {
            if (state.ScannedBytes >= _options.CleanAfterBytes)
            {
                CleanCount++;
                Leave(ref state, context);
            }

            return Verdict.Pass;
        }

        if (state.OpenStream == 0)
        {
            if (!_streams.TryOpen(out uint opened))
            {
                throw new InvalidOperationException("No stream is left; raise streamMax.");
            }

            state.OpenStream = opened + 1;
        }

        Count(bytes);
        state.ScannedBytes += (uint)bytes.Length;
        _ = _scanner.Scan(_streams, state.OpenStream - 1, bytes);
        bool hasMatch = !_scanner.Matches.IsEmpty;
        PublishMatches(context);
        if (hasMatch)
        {
            Leave(ref state, context);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        if (!BenchDpi.IsHttp(e.Body.Dpi))
        {
            context.UnsubscribeAll();
            return Verdict.Pass;
        }

        context.Unsubscribe(Detections);
        if (_options.ScansDetected && ScanPacket(context))
        {
            return Verdict.Pass;
        }

        context.Subscribe(Packets);
        context.Subscribe(Stream);
        context.Subscribe(Answers);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiGiveUp> e, NfContext context)
    {
        context.UnsubscribeAll();
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        Close(ref _states[e.FlowId]);
        return Verdict.Pass;
    }

    public void Dispose()
    {
        _streams.Dispose();
        _scanner.Dispose();
    }

    /// <summary>True when the flow needs no more: something was found.</summary>
    private bool ScanPacket(NfContext context)
    {
        ReadOnlySpan<byte> payload = context.Packet.Payload.Span;
        if (payload.IsEmpty)
        {
            return false;
        }

        Count(payload);
        _ = _scanner.Scan(_patterns.Block, payload);
        bool isDone = !_scanner.Matches.IsEmpty && !_options.Static;
        PublishMatches(context);
        if (isDone)
        {
            context.UnsubscribeAll();
        }

        return isDone;
    }

    private void PublishMatches(NfContext context)
    {
        foreach (PatternMatch match in _scanner.Matches)
        {
            var about = new IdsEvent(match.Id, match.Id, 1, IdsAction.Allowed);
            context.Publish(new IdsAlert(about, (uint)match.End, 0, Side.Client));
        }
    }

    private void Leave(ref State state, NfContext context)
    {
        Close(ref state);
        state.IsDone = 1;
        context.UnsubscribeAll();
    }

    private void Close(ref State state)
    {
        if (state.OpenStream != 0)
        {
            _streams.Close(state.OpenStream - 1);
            state.OpenStream = 0;
        }
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        ScanCount++;
        ScannedBytes += bytes.Length;
    }
}
