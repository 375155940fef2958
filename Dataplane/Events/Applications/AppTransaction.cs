using Dataplane.Packets;

namespace Dataplane.Events.Applications;

/// <summary>One exchange of an application protocol: a request and its response, a question, a
/// handshake, a mail.</summary>
/// <remarks>
/// Pooled: valid until the handler returns, and found again by its number while it lives. It lives until
/// both directions are complete and the packet that completed them has been delivered, or its flow ends.
/// Owning worker only. A buffer never shrinks or moves to another meaning while the transaction lives;
/// bodies grow at their end.
/// </remarks>
public abstract class AppTransaction
{
    /// <summary>Words for each subscriber that takes notes of a transaction.</summary>
    public const int NoteCount = 8;

    private readonly ulong[] _notes = new ulong[NoteCount * NoteTakerMax];

    /// <summary>NFs of one chain that can take notes.</summary>
    public const int NoteTakerMax = 4;

    /// <summary>Number in its flow, from 0.</summary>
    public uint Number { get; protected set; }

    public abstract AppProtocol Protocol { get; }

    /// <summary>How far the messages that <paramref name="sender"/> sends have come.</summary>
    public abstract AppProgress ProgressOf(Side sender);

    /// <summary>True once nothing more will come from <paramref name="sender"/> in this
    /// transaction.</summary>
    public bool IsComplete(Side sender) => ProgressOf(sender) == AppProgress.Complete;

    /// <summary>
    /// The bytes of a buffer in the messages of <paramref name="sender"/>; false when there are none (yet): a
    /// message without Host has no host buffer, not an empty one.
    /// </summary>
    /// <param name="buffer">Which buffer.</param>
    /// <param name="sender">Whose message.</param>
    /// <param name="instance">0 for single buffers; the n-th of those that may occur several times.</param>
    /// <param name="bytes">The bytes; valid until the handler returns.</param>
    public abstract bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes);

    /// <summary>How many instances of a buffer there are now.</summary>
    public abstract int CountOf(AppBuffer buffer, Side sender);

    /// <summary>A number; false when it is not known (yet).</summary>
    public abstract bool TryGet(AppNumber number, Side sender, out long value);

    /// <summary>The n-th of a number that may occur several times; false when there is none.</summary>
    public virtual bool TryGet(AppNumber number, Side sender, int instance, out long value)
    {
        value = 0;
        return instance == 0 && TryGet(number, sender, out value);
    }

    /// <summary>Growth of the n-th file or body of <paramref name="sender"/> (FileData, HttpRequestBody,
    /// HttpResponseBody).</summary>
    public abstract AppBodyState BodyOf(Side sender, int instance);

    /// <summary>What was irregular about this transaction so far.</summary>
    public AppAnomalySet Anomalies { get; protected set; }

    /// <summary>
    /// Eight words that one subscriber may use as it likes; zero at the transaction's start. Number
    /// <paramref name="taker"/> is below <see cref="NoteTakerMax"/>.
    /// </summary>
    public Span<ulong> Notes(int taker) => _notes.AsSpan(taker * NoteCount, NoteCount);

    /// <summary>Zeroes all notes; for the pool.</summary>
    protected void ClearNotes() => Array.Clear(_notes);
}
