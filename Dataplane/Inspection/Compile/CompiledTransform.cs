using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Compile;

/// <summary>One transform, ready to run: its argument is a key, or an expression that is compiled.</summary>
public sealed class CompiledTransform(TransformOption option, PcrePattern? expression)
{
    public TransformKind Kind { get; } = option.Kind;

    public ReadOnlyMemory<byte> Argument { get; } = option.Argument;

    public PcrePattern? Expression { get; } = expression;
}
