using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Compile;

/// <summary>One step over a buffer with what verification needs at hand.</summary>
public sealed class CompiledStep(StepKind kind, PayloadOption option)
{
    private readonly byte[] _pattern = [];

    public StepKind Kind { get; } = kind;

    public PayloadOption Option { get; } = option;

    /// <summary>A content's bytes; in lower case when it is compared without case.</summary>
    public ReadOnlySpan<byte> Pattern => _pattern;

    /// <summary>The compiled expression of a pcre.</summary>
    public PcrePattern? Expression { get; }

    /// <summary>What looks at the bytes that base64_decode makes.</summary>
    public CompiledSection? Decoded { get; }

    /// <summary>The set that a dataset step asks.</summary>
    public DataSet? Set { get; }

    internal CompiledStep(ContentOption content)
        : this(StepKind.Content, content)
    {
        _pattern = content.Pattern.ToArray();
        if (content.NoCase)
        {
            AsciiCase.ToLower(_pattern);
        }
    }

    internal CompiledStep(PcreOption option, PcrePattern expression)
        : this(StepKind.Pcre, option) => Expression = expression;

    internal CompiledStep(Base64Option option, CompiledSection decoded)
        : this(StepKind.Base64, option) => Decoded = decoded;

    internal CompiledStep(DatasetOption option, DataSet set)
        : this(StepKind.Dataset, option) => Set = set;
}
