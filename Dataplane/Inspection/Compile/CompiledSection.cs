using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The steps of one rule over one buffer.</summary>
public sealed class CompiledSection(BufferView view, CompiledStep[] steps)
{
    private readonly CompiledStep[] _steps = steps;

    public BufferView View { get; } = view;

    public BufferSource Source => View.Buffer.Source;

    public ReadOnlySpan<CompiledStep> Steps => _steps;

    internal IEnumerable<ContentOption> Contents => _steps.Select(s => s.Option).OfType<ContentOption>();
}
