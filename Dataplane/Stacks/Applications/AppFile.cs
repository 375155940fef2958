using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>A file in a message: its name and first bytes; pooled.</summary>
public sealed class AppFile
{
    private const int NameBytesMax = 1_024;
    private readonly ApplicationStack _stack;

    internal AppFile(ApplicationStack stack)
    {
        _stack = stack;
        Name = new GrowingBytes(stack.Bytes, NameBytesMax);
        Data = new GrowingBytes(stack.Bytes, stack.Limits.BodyBytesMax);
    }

    public GrowingBytes Name { get; }

    public GrowingBytes Data { get; }

    public AppBodyState State { get; private set; }

    /// <summary>Takes more of it.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Data.Append(bytes);
        State = State with { SeenBytes = State.SeenBytes + (ulong)bytes.Length };
    }

    /// <summary>Nothing more will come.</summary>
    public void End(bool isTruncated) => State = State with { IsComplete = true, IsTruncated = isTruncated };

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        Name.Clear();
        Data.Clear();
        State = default;
        _stack.Parsers.Files.Return(this);
    }
}
