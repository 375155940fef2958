using System.Buffers.Binary;
using System.Security.Cryptography;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Inspection.Compile;

/// <summary>Keeps compiled literal databases in a folder, each under a digest of what it was made
/// of.</summary>
/// <remarks>Loading threads only. A file that is damaged, or of another version of libhs or another
/// processor, is compiled anew; a folder that cannot be written costs nothing but time.</remarks>
public sealed class DatabaseCache(string? folder)
{
    /// <summary>Where systemd says a service's cache lies (CacheDirectory=).</summary>
    public const string FolderVariable = "CACHE_DIRECTORY";

    /// <summary>Files kept; the ones unused for longest go first.</summary>
    public const int FileMax = 2_048;

    /// <summary>Smaller sets compile faster than a file is read.</summary>
    public const int PatternMin = 64;

    private const string Pattern = "*.hsdb";
    private readonly string? _folder = folder;

    /// <summary>The cache of this process; without the variable nothing is kept.</summary>
    public static DatabaseCache OfProcess { get; } =
        new(Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : null);

    /// <summary>Databases that were read instead of compiled.</summary>
    public int HitCount { get; private set; }

    /// <summary>As <see cref="PatternDatabase.TryCompileLiterals"/>, but from the folder where it can
    /// be.</summary>
    public bool TryCompile(
        IReadOnlyList<Pattern> literals, PatternMode mode, out PatternDatabase? database,
        out PatternFault? fault)
    {
        fault = null;
        if (_folder is null || literals.Count < PatternMin)
        {
            return PatternDatabase.TryCompileLiterals(literals, mode, out database, out fault);
        }
        string path = Path.Combine(_folder, Convert.ToHexStringLower(KeyOf(literals, mode)) + ".hsdb");
        if (TryRead(path, mode, out database))
        {
            HitCount++;
            return true;
        }
        if (!PatternDatabase.TryCompileLiterals(literals, mode, out database, out fault))
        {
            return false;
        }
        Write(path, database!.Serialize());
        return true;
    }

    private static byte[] KeyOf(IReadOnlyList<Pattern> literals, PatternMode mode)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, (int)mode);
        hash.AppendData(head);
        foreach (Pattern literal in literals)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head, literal.Id);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)literal.Options);
            BinaryPrimitives.WriteInt32LittleEndian(head[8..], literal.Bytes.Length);
            hash.AppendData(head);
            hash.AppendData(literal.Bytes.Span);
        }
        return hash.GetHashAndReset();
    }

    private static bool TryRead(string path, PatternMode mode, out PatternDatabase? database)
    {
        database = null;
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            int digest = SHA256.HashSizeInBytes;
            return bytes.Length > digest
                && SHA256.HashData(bytes.AsSpan(digest)).AsSpan().SequenceEqual(bytes.AsSpan(0, digest))
                && PatternDatabase.TryDeserialize(bytes.AsSpan(digest), mode, out database);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Written beside and moved into place, so that another process reads all of it or
    /// nothing.</summary>
    private void Write(string path, byte[] bytes)
    {
        string part = $"{path}.{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(_folder!);
            MakeRoom();
            File.WriteAllBytes(part, [.. SHA256.HashData(bytes), .. bytes]);
            File.Move(part, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private void MakeRoom()
    {
        var files = new DirectoryInfo(_folder!).GetFiles(Pattern);
        foreach (FileInfo old in files.OrderBy(f => f.LastAccessTimeUtc).Take(files.Length - FileMax + 1))
        {
            old.Delete();
        }
    }
}
