namespace Dataplane.Inspection.Rules;

/// <summary>`bsize`: the length of the whole buffer.</summary>
public sealed class BufferSizeOption(NumberTest test) : PayloadOption
{
    public NumberTest Test { get; } = test;
}
