namespace Dataplane.Stacks.Applications;

/// <summary>Where a header's name and value lie in its message's text.</summary>
public struct HttpHeader
{
    public TextRange Name;
    public TextRange Value;

    /// <summary>How often the header occurred.</summary>
    public int Count;
}

/// <summary>A part of a text.</summary>
public readonly record struct TextRange(int At, int Length)
{
    /// <summary>The part's bytes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(At, Length);
}
