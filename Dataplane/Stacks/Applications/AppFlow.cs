using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>One flow under an application parser.</summary>
/// <remarks>Pooled; made and ended by <see cref="ApplicationStack"/>.</remarks>
public sealed class AppFlow : IAppFlow
{
    private readonly List<PooledTransaction> _transactions = new(8);
    private readonly ApplicationStack _stack;
    private AppProtocol _client;
    private AppProtocol _server;

    internal AppFlow(ApplicationStack stack)
    {
        _stack = stack;
        int probeMax = stack.Limits.ProbeBytesMax;
        FirstBytes = [new GrowingBytes(stack.Bytes, probeMax), new GrowingBytes(stack.Bytes, probeMax)];
    }

    /// <inheritdoc/>
    public AppProtocol Protocol { get; internal set; }

    /// <inheritdoc/>
    public AppProtocol Original { get; internal set; }

    /// <inheritdoc/>
    public int TransactionCount => _transactions.Count;

    /// <inheritdoc/>
    public uint NextNumber { get; private set; }

    /// <inheritdoc/>
    public AppAnomalySet Anomalies { get; private set; }

    /// <inheritdoc/>
    public bool IsOver => IsStopped[0] && IsStopped[1];

    /// <summary>Worker-wide pools and limits.</summary>
    public ApplicationStack Stack => _stack;

    /// <summary>The client's and the server's port.</summary>
    public ushort ClientPort { get; internal set; }

    public ushort ServerPort { get; internal set; }

    internal bool IsDatagram { get; set; }

    internal uint Slot { get; set; }

    internal AppParser? Parser { get; set; }

    /// <summary>What waits for the probe's answer, by side.</summary>
    internal GrowingBytes[] FirstBytes { get; }

    internal ulong[] NextOffset { get; } = new ulong[2];

    internal bool[] IsStopped { get; } = new bool[2];

    internal bool[] IsEnded { get; } = new bool[2];

    internal bool[] IsMoved { get; } = new bool[2];

    internal uint FirstMoved { get; set; }

    /// <summary>The side that sent bytes first: None until one has.</summary>
    internal Side FirstSender { get; set; } = Side.None;

    /// <summary>A parser asks for another one for the bytes that follow; Failed: none asked.</summary>
    internal AppProtocol Wanted { get; private set; } = AppProtocol.Failed;

    /// <summary>How often the protocol has changed.</summary>
    internal int ChangeCount { get; set; }

    /// <summary>A live transaction, as its parser knows it.</summary>
    public PooledTransaction this[int index] => _transactions[index];

    AppTransaction IAppFlow.this[int index] => _transactions[index];

    /// <inheritdoc/>
    public AppProtocol ProtocolOf(Side sender) => sender == Side.Client ? _client : _server;

    internal void SetProtocol(Side sender, AppProtocol protocol)
    {
        _client = sender == Side.Client ? protocol : _client;
        _server = sender == Side.Server ? protocol : _server;
    }

    /// <summary>Gives a rented transaction its number; false when the flow has too many alive.</summary>
    public bool Add(PooledTransaction transaction)
    {
        if (_transactions.Count >= _stack.Limits.FlowTransactionMax)
        {
            transaction.Release();
            _stack.TransactionOverflowCount++;
            Stop();
            return false;
        }
        transaction.Begin(NextNumber++);
        _transactions.Add(transaction);
        return true;
    }

    /// <summary>Says that a side of a transaction is further, or has more bytes.</summary>
    public void Moved(PooledTransaction transaction, Side sender, AppProgress progress)
    {
        bool wasOver = IsOverFor(transaction);
        transaction.Advance(sender, progress);
        bool isFirst = !IsMoved[0] && !IsMoved[1];
        FirstMoved = isFirst ? transaction.Number : Math.Min(FirstMoved, transaction.Number);
        IsMoved[(int)sender] = true;
        if (!wasOver && IsOverFor(transaction))
        {
            Say(new AppEnd(About(transaction, sender)), sender);
        }
    }

    /// <summary>The parent body of an event about a transaction.</summary>
    public AppEvent About(PooledTransaction? transaction, Side sender) =>
        new(transaction?.Number ?? uint.MaxValue, Protocol, sender,
            transaction?.ProgressOf(sender) ?? AppProgress.NotStarted);

    /// <summary>Publishes an event of this flow if somebody wants it.</summary>
    public void Say<T>(in T body, Side sender)
        where T : unmanaged, IEvent => _stack.Publish(in body, Slot, sender);

    /// <summary>Notes something irregular about a transaction, or about the flow where there is
    /// none. A transaction that is over is left alone: whether it still lives depends on the
    /// packets.</summary>
    public void Note(AppAnomaly anomaly, PooledTransaction? transaction, Side sender)
    {
        if (transaction is not null && IsOverFor(transaction))
        {
            return;
        }
        bool isNew = transaction?.Note(anomaly) ?? !Anomalies.Has(anomaly);
        if (transaction is null)
        {
            Anomalies = Anomalies.With(anomaly);
        }
        if (isNew)
        {
            IsMoved[(int)sender] = true;
            FirstMoved = Math.Min(FirstMoved, transaction?.Number ?? FirstMoved);
            Say(new AppIrregular(About(transaction, sender), anomaly), sender);
        }
    }

    /// <summary>Bytes of the side cannot be read any more; its transactions are as complete as they will
    /// be.</summary>
    public void Stop(Side sender)
    {
        IsStopped[(int)sender] = true;
        Finish(sender);
    }

    /// <summary>Neither side can be read any more.</summary>
    public void Stop()
    {
        Stop(Side.Client);
        Stop(Side.Server);
    }

    /// <summary>The bytes that follow are of another protocol: after STARTTLS, CONNECT and the like. Unknown:
    /// it is to be recognised.</summary>
    public void ChangeTo(AppProtocol protocol) => Wanted = protocol;

    internal void ForgetChange() => Wanted = AppProtocol.Failed;

    /// <summary>No more bytes of the side: completes it in all transactions.</summary>
    internal void Finish(Side sender)
    {
        for (int i = 0; i < _transactions.Count; i++)
        {
            PooledTransaction transaction = _transactions[i];
            if (!transaction.IsComplete(sender))
            {
                transaction.Finish(sender);
                Moved(transaction, sender, AppProgress.Complete);
            }
        }
    }

    /// <summary>Complete transactions go back to their pools.</summary>
    internal void Prune()
    {
        int kept = 0;
        for (int i = 0; i < _transactions.Count; i++)
        {
            PooledTransaction transaction = _transactions[i];
            if (IsOverFor(transaction))
            {
                transaction.Release();
            }
            else
            {
                _transactions[kept++] = transaction;
            }
        }
        _transactions.RemoveRange(kept, _transactions.Count - kept);
    }

    internal void Reset()
    {
        foreach (PooledTransaction transaction in _transactions)
        {
            transaction.Release();
        }
        _transactions.Clear();
        Parser?.Release();
        Parser = null;
        FirstBytes[0].Clear();
        FirstBytes[1].Clear();
        Array.Clear(NextOffset);
        Array.Clear(IsStopped);
        Array.Clear(IsEnded);
        Array.Clear(IsMoved);
        (Protocol, Original, _client, _server) = (default, default, default, default);
        (NextNumber, Anomalies, FirstMoved) = (0, default, 0);
        ChangeCount = 0;
        (FirstSender, Wanted, IsDatagram) = (Side.None, AppProtocol.Failed, false);
    }

    private static bool IsOverFor(PooledTransaction transaction) =>
        transaction.IsComplete(Side.Client) && transaction.IsComplete(Side.Server);
}
