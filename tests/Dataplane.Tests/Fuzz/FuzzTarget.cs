namespace Dataplane.Tests.Fuzz;

/// <summary>Something that reads bytes from strangers. It must come to an answer for any bytes: an exception,
/// a wrong answer or a hang is a finding.</summary>
internal abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Well-formed inputs to begin from.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that the format knows.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>How many of a million executions of all targets are this one's.</summary>
    public abstract int Share { get; }

    /// <summary>Executions of a quick run.</summary>
    public virtual int QuickCount => 4_000;

    /// <summary>Longest input.</summary>
    public virtual int LengthMax => 2_048;

    /// <summary>Reads the input. Answers a number for the kind of outcome: an input with a new one is kept to
    /// begin from.</summary>
    public abstract ulong Execute(ReadOnlySpan<byte> input);

    public virtual void Dispose()
    {
    }
}
