using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <summary>Compiles the subscriptions of one NF into links: those of the document, else those its kind
/// declares.</summary>
internal sealed class SubscriptionPlanner(
    NfDraft nf, PublishedTypes published, DefinedEvents defined, bool isInline, List<ConfigFault> faults)
{
    private static readonly ushort[] WithHalf =
        [EventType<TcpPacket>.Id, EventType<TcpEvent>.Id, EventType<DataReady>.Id];

    /// <summary>Fills the draft's links.</summary>
    public void Plan()
    {
        if (nf.Definition.Subscriptions is null)
        {
            foreach (SubscribesAttribute declared in nf.Manifest.Subscriptions)
            {
                if (declared.WhenOption is null || IsAsked(declared))
                {
                    AddDeclared(declared);
                }
            }

            return;
        }

        for (int i = 0; i < nf.Definition.Subscriptions.Count; i++)
        {
            AddWritten(nf.Definition.Subscriptions[i], $"{nf.Path}/subscriptions/{i}");
        }

        foreach (SubscribesAttribute declared in nf.Manifest.Subscriptions.Where(
            d => d.Always || IsAsked(d)))
        {
            if (nf.Links.All(link => link.StandsFor != declared.Name))
            {
                AddDeclared(declared);
            }
        }
    }

    /// <summary>True when an option of the NF asks for what it declares.</summary>
    private bool IsAsked(SubscribesAttribute declared) => declared.WhenOption is { } option
        && nf.Options is { } options && options.GetType().GetProperty(option)?.GetValue(options) is true;

    /// <summary>Event types that nobody in the chain publishes are left out of what a kind declares: it costs
    /// nothing.</summary>
    private void AddDeclared(SubscribesAttribute declared)
    {
        ushort[] types = [.. declared.Events.Select(EventTree.IdOf).Where(published.Reach)];
        if (types.Length == 0)
        {
            return;
        }

        SubscriptionDefinition definition = new()
        {
            Name = declared.Name,
            Events = [.. types.Select(type => EventTree.Types[type].Path)],
            Sender = SenderOf(declared),
            Half = Enum.Parse<UpdatingHalf>(declared.Half, ignoreCase: true),
            Start = declared.Start,
            Keep = declared.Keep,
        };
        LinkTest[] tests = [.. types.Select(type => TestOf(type, defined.OfType(type)))];
        Add(definition, tests, declared.Name, declared, FlowFilter.Everything, Keep(declared.Keep));
    }

    private void AddWritten(SubscriptionDefinition written, string path)
    {
        int before = faults.Count;
        List<LinkTest> tests = TestsOf(written, path);
        List<ushort> types = [.. tests.Select(test => test.Type).Distinct()];
        if (!FlowFilter.TryParse(written.Filter, out FlowFilter filter, out string? fault))
        {
            faults.Add(new ConfigFault(path + "/filter", "bad-filter", fault!,
                "Use BPF syntax over addresses, ports, protocol and VLAN, such as: tcp port 80."));
        }

        CheckSides(written, types, path);
        CheckStream(written, types, path);
        string name = written.Name ?? NameOf(written);
        if (IsTaken(name))
        {
            faults.Add(new ConfigFault(path, "duplicate-name",
                $"Two subscriptions of {nf.Definition.Name} are named {name}.",
                "Give this one another name."));
        }

        if (written.MaxDelayMs is not null && written.MinBytes is null)
        {
            faults.Add(new ConfigFault(path + "/maxDelayMs", "no-limit",
                "maxDelayMs says how long minBytes holds bytes back, and that is not given.",
                "Remove maxDelayMs, or give minBytes."));
        }

        if (written.LimitPer is not null && written.OneIn is null && written.PerSecond is null)
        {
            faults.Add(new ConfigFault(path + "/limitPer", "no-limit",
                "limitPer says over what oneIn and perSecond count, and neither is given.",
                "Remove limitPer, or give a limit."));
        }

        if (faults.Count == before)
        {
            AddFor(written, tests, types, name, filter);
        }
    }

    /// <summary>The event's path; with the sender where another subscription of the NF has that name
    /// already.</summary>
    private string NameOf(SubscriptionDefinition written)
    {
        string path = string.Join("+", written.EventPaths());
        return IsTaken(path) ? $"{path}:{written.Sender.ToString().ToLowerInvariant()}" : path;
    }

    private bool IsTaken(string name) => nf.Links.Any(link => link.Declaration.Name == name
        || link.Declaration.Name.StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>
    /// One link for each declared subscription that the written one stands for: an NF that switches its two
    /// sides apart still can when the document names both at once.
    /// </summary>
    private void AddFor(
        SubscriptionDefinition written, List<LinkTest> tests, List<ushort> types, string name,
        FlowFilter filter)
    {
        SubscribesAttribute[] declared = DeclaredFor(written, types);
        if (declared.Length < 2)
        {
            SubscribesAttribute? one = declared.FirstOrDefault();
            Add(written, tests, name, one, filter, Keep(written.Keep ?? one?.Keep ?? "none"));
            return;
        }

        foreach (SubscribesAttribute side in declared)
        {
            SubscriptionDefinition narrowed = written with { Sender = SenderOf(side) };
            Add(narrowed, tests, $"{name}:{side.Name}", side, filter, Keep(written.Keep ?? side.Keep));
        }
    }

    /// <summary>One link; two, one for each side, where the NF may stop listening to one of them.</summary>
    private void Add(
        SubscriptionDefinition definition, IReadOnlyList<LinkTest> tests, string name,
        SubscribesAttribute? declared, FlowFilter filter, StreamKeep keep)
    {
        bool isSplit = nf.Manifest.StopsSides && definition.Sender == SenderSide.Both;
        SenderSide[] sides = isSplit ? [SenderSide.Client, SenderSide.Server] : [definition.Sender];
        foreach (SenderSide side in sides)
        {
            string own = isSplit ? $"{name}:{side.ToString().ToLowerInvariant()}" : name;
            AddOne(definition with { Sender = side }, tests, own, declared, filter, keep);
            nf.Links[^1] = nf.Links[^1] with { StandsFor = declared?.Name ?? name };
        }
    }

    private void AddOne(
        SubscriptionDefinition definition, IReadOnlyList<LinkTest> tests, string name,
        SubscribesAttribute? declared, FlowFilter filter, StreamKeep keep)
    {
        StreamStart start = StreamStart.TryParse(definition.Start, out StreamStart parsed) ? parsed : default;
        var link = new LinkDeclaration
        {
            Nf = nf.Index,
            Name = name,
            Types = [.. tests.Select(test => test.Type).Distinct()],
            Sender = definition.Sender switch
            {
                SenderSide.Client => Side.Client,
                SenderSide.Server => Side.Server,
                _ => null,
            },
            Half = Enum.Parse<HalfFilter>(definition.Half.ToString()),
            Hook = definition.Hook is null ? declared?.Hook ?? Hook.Post
                : definition.Hook == HookPoint.Pre ? Hook.Pre : Hook.Post,
            InitiallyOn = definition.Enabled ?? declared is not { InitiallyOff: true },
            Start = start,
            Keep = keep,
            Tests = tests.All(test => test.Where is null && test.Defined is null) ? [] : tests,
            Gathering = definition.MinBytes is { } least
                ? new LinkGathering((uint)least, (uint)(definition.MaxDelayMs ?? 0))
                : null,
            Limit = LimitOf(definition),
        };
        link = link with { Demands = DemandsOf(link) };
        nf.Links.Add(new LinkDraft(link, declared?.Name ?? name, filter, definition));
    }

    private static LinkLimit? LimitOf(SubscriptionDefinition definition) =>
        definition.OneIn is null && definition.PerSecond is null
            ? null
            : new LinkLimit(
                (uint)(definition.OneIn ?? 0), (uint)(definition.PerSecond ?? 0),
                definition.LimitPer == LimitScope.Flow);

    private static LinkTest TestOf(ushort type, DefinedEvent? raised) =>
        new(raised?.Base ?? type, null, raised);

    private List<LinkTest> TestsOf(SubscriptionDefinition written, string path)
    {
        var tests = new List<LinkTest>();
        bool isList = written.Events is not null;
        for (int i = 0; i < written.EventPaths().Count; i++)
        {
            string eventPath = written.EventPaths()[i];
            string place = isList ? $"{path}/events/{i}" : $"{path}/event";
            DefinedEvent? ofDocument = defined.Find(eventPath);
            ushort type = ofDocument?.Base ?? 0;
            if (ofDocument is null && !EventTree.TryFind(eventPath, out type))
            {
                string nearest = NearestName.Of(
                    eventPath, [.. EventTree.Types.Select(t => t.Path), .. defined.Paths]);
                faults.Add(new ConfigFault(place, "unknown-event", $"There is no event type {eventPath}.",
                    $"Did you mean {nearest}?"));
            }
            else if (IsFit(type, place))
            {
                LinkTest test = TestOf(type, ofDocument ?? defined.OfType(type));
                tests.Add(test with { Where = WhereOf(written, test.Type, path) });
            }
        }

        return tests;
    }

    /// <summary>Link type check (E2): the NF must have a handler for it, and somebody must publish
    /// it.</summary>
    private bool IsFit(ushort type, string place)
    {
        if (nf.Manifest.HandlerFor(type) is null)
        {
            string handled = string.Join(", ", nf.Manifest.Handles.Select(t => EventTree.Types[t].Path));
            faults.Add(new ConfigFault(place, "not-handled",
                $"{nf.Definition.Kind} cannot hear {EventTree.Types[type].Path}; it handles {handled} "
                + "and what is below.", "Subscribe to one of these."));
            return false;
        }

        if (!published.Reach(type))
        {
            faults.Add(new ConfigFault(place, "not-published",
                $"No NF of chain {nf.Chain.Id} publishes {EventTree.Types[type].Path}.",
                "Add an NF that does, or remove the subscription."));
            return false;
        }

        return true;
    }

    private EventPredicate? WhereOf(SubscriptionDefinition written, ushort type, string path)
    {
        if (written.Where.Length == 0)
        {
            return null;
        }

        if (!EventPredicate.TryParse(written.Where, type, out EventPredicate? where, out string? fault))
        {
            faults.Add(new ConfigFault(path + "/where", "bad-predicate", fault!,
                "Test the event's own fields, sender or half, such as: sender = client."));
        }

        return where;
    }

    private void CheckSides(SubscriptionDefinition written, List<ushort> types, string path)
    {
        foreach (ushort type in types.Where(t =>
            written.Half != UpdatingHalf.Receiver && !Touches(t, WithHalf)))
        {
            faults.Add(new ConfigFault(path + "/half", "no-half",
                $"{EventTree.Types[type].Path} is not raised by a half of the TCP stack.", "Remove half."));
        }

        foreach (ushort type in types.Where(t => written.Hook == HookPoint.Pre
            && !EventTree.IsA(t, EventType<TcpPacket>.Id) && t != EventType<FlowEnd>.Id))
        {
            faults.Add(new ConfigFault(path + "/hook", "no-hook",
                $"{EventTree.Types[type].Path} has no hook before the stack; EVENT/PKT/TCP and "
                + "EVENT/FLOW/END have.", "Remove hook."));
        }

        ushort[] withoutSender = [EventType<ChainEvent>.Id, EventType<SystemEvent>.Id];
        foreach (ushort type in types.Where(t =>
            written.Sender != SenderSide.Both && withoutSender.Any(none => EventTree.IsA(t, none))))
        {
            faults.Add(new ConfigFault(path + "/sender", "no-sender",
                $"{EventTree.Types[type].Path} is not caused by a packet.", "Remove sender."));
        }
    }

    private void CheckStream(SubscriptionDefinition written, List<ushort> types, string path)
    {
        bool isStream = types.Count == 0 || types.Any(type => Touches(type, [EventType<DataReady>.Id]));
        if (!isStream && written.Start != "now")
        {
            faults.Add(new ConfigFault(path + "/start", "no-stream",
                "Only subscriptions to EVENT/DATA_RDY can start before now.", "Remove start."));
        }

        bool isGate = isInline && nf.Manifest.Access != PacketAccess.Read;
        if (written.MinBytes is not null && (!isStream || isGate))
        {
            faults.Add(new ConfigFault(path + "/minBytes", "no-gathering",
                "Only bytes of EVENT/DATA_RDY are held back, and not for an NF that may drop their packets.",
                "Remove minBytes."));
        }

        if (!isStream && written.Keep is not (null or "none"))
        {
            faults.Add(new ConfigFault(path + "/keep", "no-stream",
                "Only for subscriptions to EVENT/DATA_RDY are bytes kept.", "Remove keep."));
        }

        if (written.Keep is not null && !StreamKeep.TryParse(written.Keep, out _))
        {
            faults.Add(new ConfigFault(path + "/keep", "out-of-range",
                $"'{written.Keep}' keeps more than {StreamKeep.BytesMax} bytes.",
                $"Keep at most {StreamKeep.BytesMax}."));
        }
    }

    /// <summary>
    /// The declared subscriptions that a written one stands for: that of its name; else the first about
    /// related events and the same sender; else, for both senders, those about related events of each
    /// sender.
    /// </summary>
    private SubscribesAttribute[] DeclaredFor(SubscriptionDefinition written, List<ushort> types)
    {
        SubscribesAttribute[] named = [.. nf.Manifest.Subscriptions.Where(d => d.Name == written.Name)];
        if (named.Length > 0 || written.Name is not null)
        {
            return named;
        }

        SubscribesAttribute[] related = [.. nf.Manifest.Subscriptions.Where(declared =>
            declared.Events.Select(EventTree.IdOf).Any(theirs =>
                types.Any(ours => EventTree.IsA(ours, theirs) || EventTree.IsA(theirs, ours))))];
        SubscribesAttribute? same = related.FirstOrDefault(declared => SenderOf(declared) == written.Sender);
        if (same is not null)
        {
            return [same];
        }

        return written.Sender == SenderSide.Both
            ? [.. related.DistinctBy(SenderOf)]
            : [.. related.Where(declared => SenderOf(declared) == SenderSide.Both).Take(1)];
    }

    private static SenderSide SenderOf(SubscribesAttribute declared) =>
        Enum.Parse<SenderSide>(declared.Sender, ignoreCase: true);

    private LinkDemands DemandsOf(LinkDeclaration link)
    {
        LinkDemands demands = LinkDemands.None;
        bool needsHalves = link.Types.Any(t => Touches(t, [EventType<TcpPacket>.Id, EventType<TcpEvent>.Id]));
        bool needsStreams = link.Types.Any(t => Touches(t, [EventType<DataReady>.Id]));
        foreach (Side sender in new[] { Side.Client, Side.Server })
        {
            foreach (Side half in new[] { Side.Client, Side.Server })
            {
                if (!link.Accepts(sender, half))
                {
                    continue;
                }

                if (needsHalves)
                {
                    demands |= half == Side.Client ? LinkDemands.ClientHalf : LinkDemands.ServerHalf;
                }

                if (needsStreams && half == sender.Other())
                {
                    demands |= sender == Side.Client ? LinkDemands.ClientStream : LinkDemands.ServerStream;
                }
            }
        }

        // A parser needs both sides, whichever side's transactions are wanted (engine §17).
        if (link.Types.Any(t => Touches(t, [EventType<AppEvent>.Id])))
        {
            demands |= LinkDemands.Applications | LinkDemands.ClientStream | LinkDemands.ServerStream;
        }

        bool mayDrop = isInline && nf.Manifest.Access != PacketAccess.Read;
        return mayDrop ? demands | LinkDemands.Gate : demands;
    }

    private static bool Touches(ushort type, IEnumerable<ushort> branches) =>
        branches.Any(branch => EventTree.IsA(type, branch) || EventTree.IsA(branch, type));

    private static StreamKeep Keep(string text) =>
        StreamKeep.TryParse(text, out StreamKeep keep) ? keep : default;
}
