using System.Numerics;
using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <content>Links with conditions: predicates, defined events and limits, tried before a record is built
/// (E4, E5). Chains without such links never come here.</content>
public sealed partial class EventBus
{
    /// <summary>Defined events that one event may raise for a flow's links.</summary>
    public const int ViewMax = 16;

    private readonly DefinedEvent?[] _viewEvents = new DefinedEvent?[ViewMax];
    private readonly ulong[] _viewLinks = new ulong[ViewMax];
    private readonly EventFilter?[] _tried = new EventFilter?[ViewMax];
    private readonly uint[] _answers = new uint[ViewMax];
    private int _viewCount;
    private int _triedCount;

    /// <summary>Events that links wanted and their conditions kept away.</summary>
    public ulong FilteredCount { get; private set; }

    private EventRecord Candidate<T>(
        ref readonly FlowEntry flow, uint slot, in T body, ushort type, EventFlags flags, long timeNs)
        where T : unmanaged, IEvent
    {
        EventRecord candidate = default;
        candidate.TypeId = type == OwnType ? EventType<T>.Id : type;
        candidate.Publisher = EventRecord.StackPublisher;
        candidate.Flags = flags;
        candidate.Flow = FlowId.Of(_worker, slot);
        candidate.Generation = flow.Generation;
        candidate.TimeNs = timeNs;
        Reinterpret.As<EventBody, T>(ref candidate.Body) = body;
        return candidate;
    }

    private static EventRecord CandidateFrom<T>(in EventRecord handled, in T body, ushort type)
        where T : unmanaged, IEvent
    {
        EventRecord candidate = handled;
        candidate.TypeId = type == OwnType ? EventType<T>.Id : type;
        candidate.Publisher = EventRecord.StackPublisher;
        candidate.Flags = FlagsOf(handled.Sender, Side.None);
        candidate.Defined = 0;
        candidate.Hops = (byte)(handled.Hops + 1);
        candidate.Cause = (uint)handled.EventNumber;
        candidate.Body = default;
        Reinterpret.As<EventBody, T>(ref candidate.Body) = body;
        return candidate;
    }

    /// <summary>
    /// Queues the event for the links that take it as it is, and once more for each defined event that it
    /// raises, for the links that name that one and whose NF does not hear it already.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CollectWhere(
        ulong wanted, ushort plan, in EventRecord candidate, PacketBytes bytes, PacketBytes tested)
    {
        ulong gathering = wanted & _plans[plan].GatheringMask;
        if (gathering != 0)
        {
            wanted &= ~gathering | Gather(gathering, plan, in candidate, bytes);
            if (wanted == 0)
            {
                return;
            }
        }

        CollectPassed(wanted, plan, in candidate, bytes, tested);
    }

    private void CollectPassed(
        ulong wanted, ushort plan, in EventRecord candidate, PacketBytes bytes, PacketBytes tested)
    {
        LinkTable links = _plans[plan];
        (_viewCount, _triedCount) = (0, 0);
        ulong plain = wanted & ~links.ConditionMask;
        for (ulong left = wanted & links.ConditionMask; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            plain |= Try(links.Links[bit], bit, in candidate, tested);
        }

        plain = _limits[plan].Passing(plain, in candidate);
        FilteredCount += plain == 0 && _viewCount == 0 ? 1UL : 0;
        if (plain != 0 || IsNoticeType(candidate.TypeId))
        {
            Append(plain, candidate.TypeId, 0, in candidate, bytes);
        }

        for (int i = 0; i < _viewCount; i++)
        {
            DefinedEvent defined = _viewEvents[i]!;
            ulong view = _limits[plan].Passing(_viewLinks[i] & ~links.SamePorts(plain), in candidate);
            if (view != 0)
            {
                ushort type = defined.Number == 0 ? defined.Type : candidate.TypeId;
                Append(view, type, defined.Number, in candidate, bytes);
            }
        }
    }

    /// <summary>The link's bit where it takes the event as it is; defined events that it names are
    /// noted.</summary>
    private ulong Try(LinkDeclaration link, int bit, in EventRecord candidate, PacketBytes tested)
    {
        if (link.Tests.Count == 0)
        {
            return 1UL << bit;
        }

        ulong plain = 0;
        for (int i = 0; i < link.Tests.Count; i++)
        {
            LinkTest test = link.Tests[i];
            if (!EventTree.IsA(candidate.TypeId, test.Type)
                || (test.Defined is not null && !IsRaised(test.Defined, in candidate, tested))
                || (test.Where is not null && !test.Where.Holds(in candidate)))
            {
                continue;
            }

            if (test.Defined is null)
            {
                plain = 1UL << bit;
            }
            else
            {
                NoteView(test.Defined, bit);
            }
        }

        return plain;
    }

    private bool IsRaised(DefinedEvent defined, in EventRecord candidate, PacketBytes tested)
    {
        for (DefinedEvent? one = defined; one is not null; one = one.Above)
        {
            if ((AnswerOf(one.Filter, in candidate, tested) & (1u << one.Bit)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Each filter is asked once for an event, however many links and defined events need its
    /// answer.</summary>
    private uint AnswerOf(EventFilter filter, in EventRecord candidate, PacketBytes tested)
    {
        for (int i = 0; i < _triedCount; i++)
        {
            if (ReferenceEquals(_tried[i], filter))
            {
                return _answers[i];
            }
        }

        uint answer = filter.Raise(in candidate, tested);
        if (_triedCount < ViewMax)
        {
            (_tried[_triedCount], _answers[_triedCount]) = (filter, answer);
            _triedCount++;
        }

        return answer;
    }

    private void NoteView(DefinedEvent defined, int bit)
    {
        int view = 0;
        while (view < _viewCount && !ReferenceEquals(_viewEvents[view], defined))
        {
            view++;
        }

        if (view == ViewMax)
        {
            LostCount++;
            return;
        }

        if (view == _viewCount)
        {
            (_viewEvents[view], _viewLinks[view]) = (defined, 0);
            _viewCount++;
        }

        _viewLinks[view] |= 1UL << bit;
    }

    private void Append(ulong wanted, ushort type, byte defined, in EventRecord candidate, PacketBytes bytes)
    {
        if (Count == CapacityMax)
        {
            LostCount++;
            return;
        }

        _bytes[Count] = bytes;
        _sideLengths[Count] = 0;
        _wanted[Count] = wanted;
        ref EventRecord record = ref _pending[Count++];
        record = candidate;
        record.TypeId = type;
        record.Defined = defined;
        record.EventNumber = ++_eventNumber;
        _built[type]++;
    }

    private static bool IsNoticeType(ushort type) => EventTree.Types[type].Notice is not null;
}
