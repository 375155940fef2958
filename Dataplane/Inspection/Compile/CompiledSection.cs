using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The steps of one rule over one buffer.</summary>
public sealed class CompiledSection(BufferSource source, CompiledStep[] steps)
{
    private readonly CompiledStep[] _steps = steps;

    public BufferSource Source { get; } = source;

    public ReadOnlySpan<CompiledStep> Steps => _steps;
}
