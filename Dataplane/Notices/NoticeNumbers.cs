using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Dataplane.Notices;

/// <summary>Remembers, outside the spool's folder, which numbers notices may have: who deletes the folder by
/// hand
/// must not make numbers begin again, for readers have stored them.</summary>
/// <remarks>Two words: the last number as of the last look, and one that none has passed. Notice
/// thread.</remarks>
internal sealed class NoticeNumbers : IDisposable
{
    /// <summary>Numbers set aside at once; so many are skipped when the folder was deleted.</summary>
    private const ulong Ahead = 4_096;

    private readonly SafeFileHandle? _file;
    private readonly byte[] _words = new byte[2 * sizeof(ulong)];

    private NoticeNumbers(SafeFileHandle? file)
    {
        _file = file;
        if (file is not null && RandomAccess.Read(file, _words.AsSpan(), 0) < _words.Length)
        {
            Array.Clear(_words);
        }
    }

    /// <summary>The last number that was surely used.</summary>
    public ulong Last => BinaryPrimitives.ReadUInt64LittleEndian(_words);

    /// <summary>No number beyond this one was used.</summary>
    public ulong Bound => BinaryPrimitives.ReadUInt64LittleEndian(_words.AsSpan(sizeof(ulong)));

    /// <summary>Opens the file beside the spool's folder; where that cannot be, nothing is
    /// remembered.</summary>
    public static NoticeNumbers Open(string folder)
    {
        try
        {
            return new NoticeNumbers(File.OpenHandle(
                folder.TrimEnd('/') + ".numbers", FileMode.OpenOrCreate, FileAccess.ReadWrite));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new NoticeNumbers(null);
        }
    }

    /// <summary>Takes note of the last number; writes only when it comes near the bound, or when
    /// asked.</summary>
    public void Keep(ulong last, bool isTick)
    {
        bool isNear = last + (Ahead / 2) > Bound;
        if (!isNear && !(isTick && last != Last))
        {
            return;
        }
        BinaryPrimitives.WriteUInt64LittleEndian(_words, last);
        if (isNear)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_words.AsSpan(sizeof(ulong)), last + Ahead);
        }
        try
        {
            if (_file is not null)
            {
                RandomAccess.Write(_file, _words.AsSpan(), 0);
            }
        }
        catch (IOException)
        {
            // A full disk: the file is as it was, and numbers are skipped a little later than they could be.
        }
    }

    public void Dispose() => _file?.Dispose();
}
