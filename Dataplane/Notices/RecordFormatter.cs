using Dataplane.Chains;
using Dataplane.Native.Memory;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>Turns the binary records of NFs into lines of JSON.
/// Allocates nothing after construction.</summary>
/// <remarks>Threads: one.</remarks>
public sealed class RecordFormatter : IDisposable
{
    /// <summary>The longest tail that a record may have.</summary>
    public const int TailBytesMax = 4_096;

    /// <summary>A tail of control characters grows sixfold;
    /// the rest of a line stays far below the rest.</summary>
    private const int LineBytesMax = 64 * 1024;

    private readonly JsonLine _line = new(LineBytesMax);

    /// <summary>The line of a record, valid until the next one is formatted.</summary>
    public ReadOnlySpan<byte> Format(RecordStream stream, ReadOnlySpan<byte> record, ReadOnlySpan<byte> tail)
    {
        tail = tail[..Math.Min(tail.Length, TailBytesMax)];
        _line.Begin();
        switch (stream)
        {
            case RecordStream.EveAlert:
                EveLine.WriteAlert(_line, Reinterpret.Read<EveAlertRecord>(record), tail);
                break;
            case RecordStream.EveEvent:
                EveLine.WriteEvent(_line, Reinterpret.Read<EveEventRecord>(record), tail);
                break;
            case RecordStream.EveApplication:
                EveLine.WriteApplication(_line, Reinterpret.Read<EveApplicationRecord>(record), tail);
                break;
            case RecordStream.EveFlow:
                EveFlowLine.Write(_line, Reinterpret.Read<EveFlowRecord>(record));
                break;
            case RecordStream.Flow:
                FlowLine.Write(_line, Reinterpret.Read<FlowRecord>(record), tail);
                break;
            case RecordStream.TcpConnection:
                TcpLine.Write(_line, Reinterpret.Read<TcpConnectionRecord>(record));
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(stream), stream, "The stream has no formatter; add one to RecordFormatter.");
        }
        return _line.End();
    }

    public void Dispose() => _line.Dispose();
}
