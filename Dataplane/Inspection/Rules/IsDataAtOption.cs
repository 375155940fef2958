namespace Dataplane.Inspection.Rules;

/// <summary>`isdataat`: whether so many bytes lie behind the start of the buffer or the last match.</summary>
public sealed class IsDataAtOption(Operand distance, bool negated) : PayloadOption
{
    public Operand Distance { get; } = distance;

    public bool Negated { get; } = negated;
}
