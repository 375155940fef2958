using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>A buffer as rules see it: with the same transforms it is prepared once for all of them.</summary>
public sealed class BufferView(int number, RuleBuffer buffer, CompiledTransform[] transforms)
{
    private readonly CompiledTransform[] _transforms = transforms;

    /// <summary>Place among the views of the rule set.</summary>
    public int Number { get; } = number;

    public RuleBuffer Buffer { get; } = buffer;

    /// <summary>The buffer's number in <see cref="ApplicationFields"/>; -1 for others.</summary>
    public int Text { get; } = ApplicationFields.TextOf(buffer.Name);

    public ReadOnlySpan<CompiledTransform> Transforms => _transforms;
}
