using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Cuts a side's bytes into messages, whatever pieces they come in.</summary>
/// <remarks>A datagram is shown whole, once. At most <see cref="PendingBytesMax"/> bytes of a side wait for
/// the rest of their message; a side that needs more is not followed any further.</remarks>
internal abstract class MessageParser(ApplicationStack stack) : AppParser
{
    /// <summary>Bytes of a side that wait.</summary>
    protected const int PendingBytesMax = BytePool.ArrayBytesMax;

    private readonly GrowingBytes[] _pending =
        [new(stack.Bytes, PendingBytesMax), new(stack.Bytes, PendingBytesMax)];

    private readonly long[] _toSkip = new long[2];

    protected ApplicationStack Stack { get; } = stack;

    /// <inheritdoc/>
    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (Flow.IsDatagram)
        {
            ReadDatagram(sender, bytes);
            return;
        }
        TakeSide(sender, bytes);
        while (TakeSide(sender.Other(), default) && TakeSide(sender, default))
        {
            // What one side waited for may have come from the other.
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _pending[0].Clear();
        _pending[1].Clear();
        Array.Clear(_toSkip);
    }

    /// <summary>Reads one message off the front.</summary>
    /// <returns>Bytes that are done with; 0: more must come first.</returns>
    protected abstract int Read(Side sender, ReadOnlySpan<byte> bytes);

    /// <summary>Reads a whole datagram.</summary>
    protected virtual void ReadDatagram(Side sender, ReadOnlySpan<byte> bytes) => Read(sender, bytes);

    /// <summary>So many bytes behind those that Read takes now are of no interest.</summary>
    protected void SkipNext(Side sender, long count) => _toSkip[(int)sender] = count;

    /// <summary>A new transaction, begun by a side; null when there are too many.</summary>
    protected FieldTransaction? Begin(AppProtocol protocol, Side sender)
    {
        FieldTransaction? transaction = Stack.Parsers.Fields.Rent();
        if (transaction is null)
        {
            return null;
        }
        transaction.BeginAs(protocol, sender);
        return Flow.Add(transaction) ? transaction : null;
    }

    /// <summary>All that belongs to the transaction has come.</summary>
    protected void Complete(FieldTransaction transaction, Side sender)
    {
        Flow.Moved(transaction, sender.Other(), AppProgress.Complete);
        Flow.Moved(transaction, sender, AppProgress.Complete);
    }

    /// <summary>The oldest live transaction that fits; null when there is none.</summary>
    protected FieldTransaction? Find(ulong key, int kind, Side open)
    {
        for (int i = 0; i < Flow.TransactionCount; i++)
        {
            if (Flow[i] is FieldTransaction found && found.Key == key && found.Kind == kind
                && !found.IsComplete(open))
            {
                return found;
            }
        }
        return null;
    }

    private bool TakeSide(Side sender, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes pending = _pending[(int)sender];
        if (Flow.IsStopped[(int)sender] || pending.Length + bytes.Length == 0)
        {
            return false;
        }
        bool isFresh = pending.Length == 0;
        if (!isFresh && !bytes.IsEmpty && !pending.Append(bytes))
        {
            pending.Clear();
            Flow.Stop(sender);
            return false;
        }
        ReadOnlySpan<byte> all = isFresh ? bytes : pending.Span;
        int used = ReadAll(sender, all);
        if (Flow.IsStopped[(int)sender])
        {
            pending.Clear();
        }
        else if (!isFresh)
        {
            pending.RemoveFirst(used);
        }
        else if (!pending.Append(all[used..]))
        {
            pending.Clear();
            Flow.Stop(sender);
        }
        return used > 0;
    }

    private int ReadAll(Side sender, ReadOnlySpan<byte> bytes)
    {
        ref long toSkip = ref _toSkip[(int)sender];
        int at = 0;
        while (at < bytes.Length && !Flow.IsStopped[(int)sender])
        {
            int used = (int)Math.Min(toSkip, bytes.Length - at);
            toSkip -= used;
            if (used == 0)
            {
                used = Math.Min(Read(sender, bytes[at..]), bytes.Length - at);
            }
            if (used == 0)
            {
                break;
            }
            at += used;
        }
        return at;
    }
}
