using Dataplane.Native.Memory;

namespace Dataplane.Native.Vectorscan;

/// <summary>A worker's open streams of one streaming database, by number, up to a fixed count.</summary>
/// <remarks>
/// A closed stream is reset and kept, so that steady traffic allocates nothing in libhs either.
/// Budget:   StreamBytes of the database for each stream ever open at once, plus 12 bytes a place.
/// Threads:  the worker that owns the flows.
/// Lifetime: disposed before its database.
/// </remarks>
public sealed unsafe class PatternStreams : IDisposable
{
    private readonly PatternDatabase _database;
    private readonly NativeArray<nint> _handles;
    private readonly NativeArray<uint> _free;
    private readonly NativeArray<byte> _isOpen;
    private uint _freeCount;

    public PatternStreams(PatternDatabase database, uint streamMax)
    {
        ArgumentNullException.ThrowIfNull(database);
        if (database.Mode != PatternMode.Streaming)
        {
            throw new ArgumentException("Streams need a database compiled for streaming.", nameof(database));
        }
        _database = database;
        _handles = new NativeArray<nint>(streamMax);
        _free = new NativeArray<uint>(streamMax);
        _isOpen = new NativeArray<byte>(streamMax);
        for (uint i = 0; i < streamMax; i++)
        {
            _free[i] = streamMax - 1 - i;
        }
        _freeCount = streamMax;
    }

    public uint OpenCount => _handles.Length - _freeCount;

    /// <summary>Opens a stream at its first byte; false when all places are taken or memory is out.</summary>
    public bool TryOpen(out uint stream)
    {
        stream = 0;
        if (_freeCount == 0)
        {
            return false;
        }
        uint place = _free[_freeCount - 1];
        if (_handles[place] == 0
            && VectorscanLibrary.OpenStream(_database.Handle, 0, out _handles[place])
                != VectorscanLibrary.Success)
        {
            return false;
        }
        _freeCount--;
        _isOpen[place] = 1;
        stream = place;
        return true;
    }

    /// <summary>Ends a stream; closing one that is not open is our fault and throws.</summary>
    public void Close(uint stream)
    {
        nint handle = Handle(stream);
        _ = VectorscanLibrary.ResetStream(handle, 0, 0, null, null);
        _isOpen[stream] = 0;
        _free[_freeCount++] = stream;
    }

    public void Dispose()
    {
        for (uint i = 0; i < _handles.Length; i++)
        {
            if (_handles[i] != 0)
            {
                _ = VectorscanLibrary.CloseStream(_handles[i], 0, null, null);
                _handles[i] = 0;
            }
        }
        _freeCount = 0;
        _handles.Dispose();
        _free.Dispose();
        _isOpen.Dispose();
    }

    internal nint Handle(uint stream)
    {
        if (_isOpen[stream] == 0)
        {
            throw new InvalidOperationException(
                $"Stream {stream} is not open; open it before scanning or closing.");
        }
        return _handles[stream];
    }
}
