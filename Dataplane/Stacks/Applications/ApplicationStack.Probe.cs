using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <content>From a flow's first bytes to its parser, and from one parser to the next.</content>
public sealed partial class ApplicationStack
{
    private void Advance(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        int number = (int)side;
        ulong room = Limits.DepthBytes - Math.Min(flow.NextOffset[number], Limits.DepthBytes);
        flow.NextOffset[number] += (ulong)bytes.Length;
        if (flow.IsStopped[number] || bytes.IsEmpty)
        {
            return;
        }
        flow.FirstSender = flow.FirstSender == Side.None ? side : flow.FirstSender;
        bool isTooDeep = room < (ulong)bytes.Length;
        bytes = isTooDeep ? bytes[..(int)room] : bytes;
        TakePiece(flow, side, bytes);
        if (isTooDeep)
        {
            flow.Stop(side);
        }
    }

    private void TakePiece(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        if (flow.Parser is null)
        {
            Probe(flow, side, bytes);
            return;
        }
        flow.Parser.Take(side, bytes);
        ChangeIfAsked(flow, side);
    }

    private void Probe(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes first = flow.FirstBytes[(int)side];
        int waiting = first.Length;
        ReadOnlySpan<byte> all = bytes;
        if (waiting != 0)
        {
            first.Append(bytes);
            all = first.Span;
        }
        AppProtocol said = flow.ProtocolOf(side) == AppProtocol.Unknown
            ? ProtocolProbe.Recognise(side, all, flow.ServerPort) : flow.ProtocolOf(side);
        flow.SetProtocol(side, said);
        if (said > AppProtocol.Failed && !HasRightBeginning(flow, said))
        {
            GiveUp(flow);
            return;
        }
        if (said > AppProtocol.Failed)
        {
            first.Truncate(waiting);
            Decide(flow, side, said);
            FeedWaiting(flow, side, bytes);
            return;
        }
        if (waiting == 0)
        {
            first.Append(bytes);
        }
        bool bothFailed = said == AppProtocol.Failed && flow.ProtocolOf(side.Other()) == AppProtocol.Failed;
        if (first.IsCut || bothFailed)
        {
            GiveUp(flow);
        }
    }

    /// <summary>What came before the piece that told the protocol, the first sender's first; then the
    /// piece.</summary>
    private void FeedWaiting(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        Side earlier = flow.FirstSender == side ? side : side.Other();
        FeedFirst(flow, earlier);
        FeedFirst(flow, earlier.Other());
        if (!flow.IsStopped[(int)side] && !bytes.IsEmpty)
        {
            TakePiece(flow, side, bytes);
        }
    }

    private static bool HasRightBeginning(AppFlow flow, AppProtocol said)
    {
        bool clientFirst = said is AppProtocol.Http or AppProtocol.Tls or AppProtocol.Dns;
        if (clientFirst && flow.FirstSender == Side.Server)
        {
            flow.Note(AppAnomaly.ApplayerWrongDirectionFirstData, null, Side.Server);
            return false;
        }
        return true;
    }

    private void FeedFirst(AppFlow flow, Side side)
    {
        GrowingBytes first = flow.FirstBytes[(int)side];
        if (first.Length == 0 || flow.Parser is null)
        {
            return;
        }
        if (!flow.IsStopped[(int)side])
        {
            CheckOtherSide(flow, side);
            flow.Parser.Take(side, first.Span);
        }
        first.Clear();
        ChangeIfAsked(flow, side);
    }

    private static void CheckOtherSide(AppFlow flow, Side side)
    {
        AppProtocol said = flow.ProtocolOf(side);
        if (said == AppProtocol.Failed)
        {
            flow.Note(AppAnomaly.ApplayerDetectProtocolOnlyOneDirection, null, side);
        }
    }

    private void Decide(AppFlow flow, Side side, AppProtocol protocol)
    {
        if (protocol == AppProtocol.Failed)
        {
            GiveUp(flow);
            return;
        }
        flow.Protocol = protocol;
        flow.SetProtocol(side, protocol);
        flow.Parser = _parsers.ParserFor(protocol);
        flow.Parser?.Begin(flow);
        flow.Say(new AppDetected(flow.About(null, side)), side);
        flow.IsMoved[(int)side] = true;
        if (flow.Parser is null)
        {
            // Recognised, but nothing reads it: no bytes are needed any more.
            (flow.IsStopped[0], flow.IsStopped[1]) = (true, true);
            flow.FirstBytes[0].Clear();
            flow.FirstBytes[1].Clear();
        }
    }

    /// <summary>The parser asked for another protocol: what was found stays, the rest is new.</summary>
    private void ChangeIfAsked(AppFlow flow, Side side)
    {
        AppProtocol wanted = flow.Wanted;
        if (wanted == AppProtocol.Failed)
        {
            return;
        }
        Side other = side.Other();
        flow.ForgetChange();
        bool isKept = flow.FirstBytes[(int)side].Append(flow.Parser!.RestOf(side))
            && flow.FirstBytes[(int)other].Append(flow.Parser.RestOf(other));
        flow.Original = flow.Protocol;
        flow.Parser.Release();
        flow.Parser = null;
        flow.Protocol = AppProtocol.Unknown;
        flow.SetProtocol(Side.Client, AppProtocol.Unknown);
        flow.SetProtocol(Side.Server, AppProtocol.Unknown);
        flow.FirstSender = wanted == AppProtocol.Tls ? Side.Client : Side.None;
        if (!isKept || ++flow.ChangeCount > Limits.ChangeMax)
        {
            GiveUp(flow);
            return;
        }
        ProbeRest(flow, other);
        ProbeRest(flow, side);
    }

    /// <summary>What the last parser left of a side begins the next protocol.</summary>
    private void ProbeRest(AppFlow flow, Side side)
    {
        if (flow.Parser is null && flow.FirstBytes[(int)side].Length > 0 && !flow.IsStopped[(int)side])
        {
            flow.FirstSender = flow.FirstSender == Side.None ? side : flow.FirstSender;
            Probe(flow, side, default);
        }
    }

    private static void GiveUp(AppFlow flow)
    {
        if (flow.Protocol == AppProtocol.Unknown)
        {
            flow.Protocol = AppProtocol.Failed;
            flow.Say(new AppGiveUp(flow.About(null, Side.None)), Side.None);
            (flow.IsMoved[0], flow.IsMoved[1]) = (true, true);
        }
        flow.FirstBytes[0].Clear();
        flow.FirstBytes[1].Clear();
        flow.Stop();
    }
}
