namespace Dataplane.Inspection.Rules;

/// <summary>The steps of one rule over one buffer, in order.</summary>
public sealed class BufferSection(RuleBuffer buffer)
{
    private readonly List<PayloadOption> _options = [];
    private readonly List<TransformOption> _transforms = [];

    public RuleBuffer Buffer { get; } = buffer;

    public IReadOnlyList<PayloadOption> Options => _options;

    /// <summary>Applied in order before inspection.</summary>
    public IReadOnlyList<TransformOption> Transforms => _transforms;

    internal void Add(PayloadOption option) => _options.Add(option);

    internal void Remove(PayloadOption option) => _options.Remove(option);

    internal void AddTransform(TransformOption transform) => _transforms.Add(transform);
}
