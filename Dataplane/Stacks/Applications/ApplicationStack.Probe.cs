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
        if (flow.Parser is null)
        {
            Probe(flow, side, bytes);
        }
        else
        {
            Feed(flow, side, bytes);
        }
        if (isTooDeep)
        {
            flow.Stop(side);
        }
    }

    private static void Feed(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        flow.Parser!.Take(side, bytes);
        if (flow.Wanted != AppProtocol.Failed)
        {
            Change(flow);
        }
    }

    private void Probe(AppFlow flow, Side side, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes first = flow.FirstBytes[(int)side];
        ReadOnlySpan<byte> all = bytes;
        if (first.Length != 0)
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
            GrowingBytes other = flow.FirstBytes[(int)side.Other()];
            Decide(flow, side, said);
            if (flow.Parser is null)
            {
                return;
            }
            if (flow.FirstSender != side && other.Length != 0)
            {
                FeedFirst(flow, side.Other());
            }
            Feed(flow, side, all);
            first.Clear();
            FeedFirst(flow, side.Other());
            return;
        }
        if (first.Length == 0)
        {
            first.Append(bytes);
        }
        bool isFull = first.IsCut;
        bool bothFailed = said == AppProtocol.Failed && flow.ProtocolOf(side.Other()) == AppProtocol.Failed;
        if (isFull || bothFailed)
        {
            GiveUp(flow);
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

    private static void FeedFirst(AppFlow flow, Side side)
    {
        GrowingBytes first = flow.FirstBytes[(int)side];
        if (first.Length != 0 && !flow.IsStopped[(int)side] && flow.Parser is not null)
        {
            CheckOtherSide(flow, side);
            Feed(flow, side, first.Span);
        }
        first.Clear();
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
    private static void Change(AppFlow flow)
    {
        AppProtocol wanted = flow.Wanted;
        flow.ForgetChange();
        flow.Original = flow.Protocol;
        flow.Parser!.Release();
        flow.Parser = null;
        flow.Protocol = AppProtocol.Unknown;
        flow.SetProtocol(Side.Client, AppProtocol.Unknown);
        flow.SetProtocol(Side.Server, AppProtocol.Unknown);
        flow.FirstSender = wanted == AppProtocol.Tls ? Side.Client : Side.None;
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
