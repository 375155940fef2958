namespace Dataplane.Inspection.Rules;

/// <summary>One rule as its text says it, checked but not yet compiled.</summary>
public sealed class Rule
{
    public string File { get; internal set; } = "";

    public int Line { get; internal set; }

    public RuleAction Action { get; internal set; }

    public RuleProtocol Protocol { get; internal set; }

    public AddressSet Sources { get; internal set; } = AddressSet.Any;

    public PortSet SourcePorts { get; internal set; } = PortSet.Any;

    public AddressSet Destinations { get; internal set; } = AddressSet.Any;

    public PortSet DestinationPorts { get; internal set; } = PortSet.Any;

    public bool Bidirectional { get; internal set; }

    public uint Sid { get; internal set; }

    public uint Gid { get; internal set; } = 1;

    public uint Revision { get; internal set; }

    public string Message { get; internal set; } = "";

    /// <summary>The description of the rule's class type; empty without one.</summary>
    public string Category { get; internal set; } = "";

    /// <summary>1 is the most severe; 3 unless rule or class type say otherwise.</summary>
    public byte Priority { get; internal set; } = 3;

    /// <summary>False when nothing is to be published, whatever the rule matches (`noalert`, pass
    /// rules).</summary>
    public bool Alerts { get; internal set; } = true;

    public FlowConditions Flow { get; internal set; }

    /// <summary>True when a `flow` keyword asks for more than a direction: the packet must have a
    /// flow.</summary>
    public bool NeedsFlow { get; internal set; }

    /// <summary>The application a rule is bound to by protocol or by one of its buffers; null:
    /// none.</summary>
    public string? Application { get; internal set; }

    /// <summary>True when a keyword looks at single packets, so streams alone do not do.</summary>
    public bool NeedsPacket { get; internal set; }

    public ThresholdOption? Threshold { get; internal set; }

    public List<BufferSection> Sections { get; } = [];

    public List<PacketTest> Tests { get; } = [];

    /// <summary>Tests on the application's transaction.</summary>
    public List<ApplicationTest> ApplicationTests { get; } = [];

    /// <summary>True when `filestore` is about more than the file that matched.</summary>
    public bool StoresFlow { get; internal set; }

    /// <summary>True when a match takes the flow out of inspection (`bypass`).</summary>
    public bool Bypasses { get; internal set; }

    public List<BitOption> Bits { get; } = [];

    public List<FlowIntegerOption> Integers { get; } = [];

    public int VariableCount { get; internal set; }

    /// <summary>Keywords and buffers the language knows but nothing here can inspect yet.</summary>
    public List<string> NotInspected { get; } = [];

    /// <summary>True when a keyword keeps the rule from being evaluated once per flow direction.</summary>
    public bool HasPerPacketKeyword { get; internal set; }
}
