namespace Dataplane.Inspection.Rules;

/// <summary>The steps of one rule over one buffer, in order.</summary>
public sealed class BufferSection(RuleBuffer buffer)
{
    private readonly List<PayloadOption> _options = [];
    private readonly List<string> _transforms = [];

    public RuleBuffer Buffer { get; } = buffer;

    public IReadOnlyList<PayloadOption> Options => _options;

    /// <summary>Names of transforms, applied in order before inspection.</summary>
    public IReadOnlyList<string> Transforms => _transforms;

    internal void Add(PayloadOption option) => _options.Add(option);

    internal void Remove(PayloadOption option) => _options.Remove(option);

    internal void AddTransform(string name) => _transforms.Add(name);
}
