namespace Dataplane.Inspection.Rules;

/// <summary>What `flowint` does with a counter of the flow.</summary>
public enum FlowIntegerCommand : byte
{
    Set,
    Add,
    Subtract,
    IsSet,
    IsNotSet,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>`flowint`: a named counter of the flow, and a number or another counter.</summary>
public sealed record FlowIntegerOption(string Name, FlowIntegerCommand Command, uint Value, string? OtherName)
{
    public bool IsTest => Command >= FlowIntegerCommand.IsSet;
}
