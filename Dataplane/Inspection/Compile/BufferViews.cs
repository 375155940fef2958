using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Compile;

/// <summary>Collects the different pairs of buffer and transforms of a rule set.</summary>
internal sealed class BufferViews
{
    private readonly Dictionary<string, BufferView> _views = new(StringComparer.Ordinal);

    public IReadOnlyCollection<BufferView> All => _views.Values;

    public BufferView Of(BufferSection section)
    {
        string key = section.Buffer.Name + string.Concat(section.Transforms.Select(
            t => $"|{t.Kind} {Convert.ToHexString(t.Argument.Span)}"));
        if (!_views.TryGetValue(key, out BufferView? view))
        {
            view = new BufferView(_views.Count, section.Buffer, [.. section.Transforms.Select(Compile)]);
            _views[key] = view;
        }
        return view;
    }

    private static CompiledTransform Compile(TransformOption option)
    {
        if (option.Kind != TransformKind.PcreGroup)
        {
            return new CompiledTransform(option, null);
        }
        bool compiles = PcrePattern.TryCompile(
            option.Argument.Span, PcreOptions.None, out PcrePattern? expression, out PcreFault? fault);
        if (!compiles)
        {
            throw new RuleSyntaxException("pcrexform", $"At byte {fault!.Offset}: {fault.Message}.");
        }
        if (expression!.GroupCount == 1)
        {
            return new CompiledTransform(option, expression);
        }
        expression.Dispose();
        throw new RuleSyntaxException("pcrexform", "The expression must have exactly one group.");
    }
}
