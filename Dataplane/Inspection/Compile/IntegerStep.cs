using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>A flowint option with numbers in place of names; Other is -1 where a constant is meant.</summary>
public sealed record IntegerStep(int Index, FlowIntegerCommand Command, uint Value, int Other)
{
    public bool IsTest => Command >= FlowIntegerCommand.IsSet;
}
