using Dataplane.Chains;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>The records of <c>analyze</c>: formatted at once and written to the result folder;
/// none is lost.</summary>
/// <remarks>
/// Every file asked for is made at the start and stays empty when there is nothing to say.
/// Threads: the one worker, and NFs on other cores: a plain lock, because there is no traffic to delay. A
/// full disk ends the run with a message.
/// </remarks>
public sealed class OfflineRecords : IRecordSink, IDisposable
{
    private readonly RecordFile?[] _files = new RecordFile?[RecordOutput.Count];
    private readonly RecordFormatter _formatter = new();

    public OfflineRecords(string folder, RecordOutputs outputs)
    {
        for (int i = 0; i < RecordOutput.Count; i++)
        {
            if ((outputs & RecordOutput.At(i)) != 0)
            {
                _files[i] = RecordFile.Create(Path.Combine(folder, RecordOutput.FileName(i)));
            }
        }
    }

    /// <summary>Alerts written so far.</summary>
    public ulong Alerts { get; private set; }

    public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        lock (_files)
        {
            if (T.Stream == RecordStream.EveAlert)
            {
                Alerts++;
            }
            if (_files[RecordOutput.IndexOf(T.Stream)] is { } file)
            {
                file.Write(_formatter.Format(T.Stream, Reinterpret.BytesOf(in record), tail));
                Check(file);
            }
        }
        return true;
    }

    /// <summary>Writes what is buffered.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Finish()
    {
        foreach (RecordFile? file in _files)
        {
            file?.Flush();
            Check(file);
        }
    }

    public void Dispose()
    {
        foreach (RecordFile? file in _files)
        {
            file?.Dispose();
        }
        _formatter.Dispose();
    }

    private static void Check(RecordFile? file)
    {
        if (file is { IsFull: true })
        {
            throw new IOException(
                $"{file.Path} cannot be written: the disk is full; free some space and run again.");
        }
    }
}
