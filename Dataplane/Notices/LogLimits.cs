namespace Dataplane.Notices;

/// <summary>When a log goes on in a new file, and how much of the old ones is kept.</summary>
/// <param name="BytesMax">Bytes of all files of all logs together.</param>
/// <param name="FileBytesMax">A file longer than this is put aside.</param>
/// <param name="FileSecondsMax">A file older than this is put aside.</param>
/// <param name="FilesMax">Files of this log that are kept, the current one among them.</param>
public sealed record LogLimits(long BytesMax, long FileBytesMax, long FileSecondsMax, int FilesMax)
{
    private const long LargestFile = 64L * 1024 * 1024;
    private const long SecondsOfDay = 86_400;
    private const int Files = 1_000;

    /// <summary>Files of a sixteenth of the cap, at most 64 MiB, and one a day.</summary>
    public static LogLimits OfBytes(long bytesMax) =>
        new(bytesMax, Math.Min(LargestFile, bytesMax / 16), SecondsOfDay, Files);
}
