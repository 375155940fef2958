using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads the messages of one flow, in pieces of any size; pooled.</summary>
/// <remarks>How the bytes are cut into pieces must not matter to what is found. A parser that cannot go on
/// says <see cref="AppFlow.Stop()"/>; it never throws because of bytes.</remarks>
public abstract class AppParser
{
    /// <summary>The flow being read; set by <see cref="Begin"/>.</summary>
    protected AppFlow Flow { get; private set; } = null!;

    /// <summary>Begins a flow.</summary>
    public void Begin(AppFlow flow)
    {
        Flow = flow;
        Reset();
    }

    /// <summary>Takes the next bytes of a side (or a datagram).</summary>
    public abstract void Take(Side sender, ReadOnlySpan<byte> bytes);

    /// <summary>Bytes taken of a side that were not read, because another protocol begins with
    /// them.</summary>
    public virtual ReadOnlySpan<byte> RestOf(Side sender) => default;

    /// <summary>Bytes that will not come.</summary>
    public virtual void Skip(Side sender, ulong count) => Flow.Stop(sender);

    /// <summary>The side has sent its last byte.</summary>
    public virtual void End(Side sender)
    {
    }

    /// <summary>Forgets everything; called at the beginning and before it goes back to its pool.</summary>
    public abstract void Reset();

    /// <summary>Goes back to the pool it came from.</summary>
    public abstract void Release();
}
