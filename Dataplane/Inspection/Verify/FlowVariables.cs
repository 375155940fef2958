using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Verify;

/// <summary>Bits and integers of flows: a block of fixed size for each flow that has set one.</summary>
/// <remarks>One per worker. A flow that finds no block keeps nothing; that is counted.</remarks>
public sealed class FlowVariables : IDisposable
{
    private const int WordBits = 64;

    private readonly NativeArray<ulong> _words;
    private readonly uint[] _freeList;
    private readonly int _bitWords;
    private readonly uint _blockWords;
    private int _freeCount;

    public FlowVariables(RuleVariableNames names, uint blockMax)
    {
        _bitWords = (names.FlowBitCount + WordBits - 1) / WordBits;
        _blockWords = (uint)(_bitWords + names.IntegerCount);
        uint blocks = _blockWords == 0 ? 0 : blockMax;
        _words = new NativeArray<ulong>(Math.Max(1, blocks * _blockWords));
        _freeList = new uint[blocks];
        for (uint i = 0; i < blocks; i++)
        {
            _freeList[i] = blocks - i;
        }
        _freeCount = (int)blocks;
    }

    /// <summary>Settings that found no block.</summary>
    public ulong LostCount { get; private set; }

    /// <summary>True when one of the bits is set (isset), or one is not (isnotset).</summary>
    public bool Holds(in FlowInspection flow, BitStep step)
    {
        foreach (ushort bit in step.Bits)
        {
            bool isSet = flow.Variables != 0
                && (Word(flow.Variables, bit / WordBits) & (1UL << (bit % WordBits))) != 0;
            if (isSet == (step.Command == BitCommand.IsSet))
            {
                return true;
            }
        }
        return false;
    }

    public void Change(ref FlowInspection flow, BitStep step)
    {
        if (!Reserve(ref flow))
        {
            return;
        }
        int bit = step.Bits[0];
        ref ulong word = ref Word(flow.Variables, bit / WordBits);
        ulong mask = 1UL << (bit % WordBits);
        word = step.Command switch
        {
            BitCommand.Set => word | mask,
            BitCommand.Unset => word & ~mask,
            _ => word ^ mask,
        };
    }

    public bool Holds(in FlowInspection flow, IntegerStep step)
    {
        ulong stored = flow.Variables == 0 ? 0 : Word(flow.Variables, _bitWords + step.Index);
        bool isSet = (stored & IsSetMark) != 0;
        if (step.Command is FlowIntegerCommand.IsSet or FlowIntegerCommand.IsNotSet)
        {
            return isSet == (step.Command == FlowIntegerCommand.IsSet);
        }
        uint left = (uint)stored;
        uint right = Right(flow, step);
        return isSet && step.Command switch
        {
            FlowIntegerCommand.Less => left < right,
            FlowIntegerCommand.LessOrEqual => left <= right,
            FlowIntegerCommand.Equal => left == right,
            FlowIntegerCommand.NotEqual => left != right,
            FlowIntegerCommand.Greater => left > right,
            _ => left >= right,
        };
    }

    public void Change(ref FlowInspection flow, IntegerStep step)
    {
        if (!Reserve(ref flow))
        {
            return;
        }
        uint right = Right(flow, step);
        ref ulong stored = ref Word(flow.Variables, _bitWords + step.Index);
        uint left = (uint)stored;
        uint value = step.Command switch
        {
            FlowIntegerCommand.Set => right,
            FlowIntegerCommand.Add => unchecked(left + right),
            _ => unchecked(left - right),
        };
        stored = IsSetMark | value;
    }

    /// <summary>Gives the flow's block back.</summary>
    public void Release(ref FlowInspection flow)
    {
        if (flow.Variables != 0)
        {
            _freeList[_freeCount++] = flow.Variables;
            flow.Variables = 0;
        }
    }

    public void Dispose() => _words.Dispose();

    private const ulong IsSetMark = 1UL << 32;

    private uint Right(in FlowInspection flow, IntegerStep step) =>
        step.Other < 0 ? step.Value
            : flow.Variables == 0 ? 0 : (uint)Word(flow.Variables, _bitWords + step.Other);

    private ref ulong Word(uint block, int word) => ref _words[((block - 1) * _blockWords) + (uint)word];

    private bool Reserve(ref FlowInspection flow)
    {
        if (flow.Variables != 0)
        {
            return true;
        }
        if (_freeCount == 0)
        {
            LostCount++;
            return false;
        }
        flow.Variables = _freeList[--_freeCount];
        _words.AsSpan((flow.Variables - 1) * _blockWords, _blockWords).Clear();
        return true;
    }
}
