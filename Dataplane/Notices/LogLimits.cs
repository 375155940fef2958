namespace Dataplane.Notices;

/// <summary>When a log goes on in a new file, and how much of the old ones is kept.</summary>
/// <param name="BytesMax">Bytes of all files of all logs together.</param>
/// <param name="FileBytesMax">A file longer than this is put aside.</param>
/// <param name="FileSecondsMax">A file older than this is put aside.</param>
public sealed record LogLimits(long BytesMax, long FileBytesMax, long FileSecondsMax)
{
    private const long LargestFile = 64L * 1024 * 1024;
    private const long SecondsOfDay = 86_400;

    /// <summary>Files of a sixteenth of the cap, at most 64 MiB, and one a day.</summary>
    public static LogLimits OfBytes(long bytesMax) =>
        new(bytesMax, Math.Min(LargestFile, bytesMax / 16), SecondsOfDay);
}
