using System.Text;
using Dataplane.Native.Memory;

namespace Dataplane.Chains;

/// <summary>Which NF each worker is inside, in a mapped file: it outlives the process, so the next one knows
/// whose
/// code a worker never came back from (engine §21).</summary>
/// <remarks>
/// One word a worker, a cache line apart, then the names the words stand for. Workers write theirs, names are
/// added on the control thread. A mark is left behind where a handler ended by a throw; the next one covers
/// it.
/// </remarks>
public sealed class BusyMarks : IDisposable
{
    private const int WorkersMax = 64;
    private const int LineBytes = 64;
    private const int NamesMax = 1_024;
    private const int NameBytes = 128;
    private const long NamesAt = WorkersMax * LineBytes;
    private const long FileBytes = NamesAt + (NamesMax * NameBytes);

    private readonly SharedFile _file;
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);

    private BusyMarks(SharedFile file) => _file = file;

    /// <summary>Begins anew; null when the file cannot be made, and nothing is marked then.</summary>
    public static BusyMarks? Create(string path)
    {
        File.Delete(path);
        return SharedFile.TryCreate(path, FileBytes, out SharedFile? file) == SharedFileOutcome.Done
            ? new BusyMarks(file!)
            : null;
    }

    /// <summary>Names of the NFs that workers were inside when the process that wrote the file
    /// ended.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        if (SharedFile.TryOpen(path, out SharedFile? file) != SharedFileOutcome.Done)
        {
            return [];
        }

        using (file)
        {
            if (file!.Length < FileBytes)
            {
                return [];
            }

            uint[] marks = [.. Enumerable.Range(0, WorkersMax).Select(i => file.ReadUInt32(i * LineBytes))];
            return [.. marks.Where(mark => mark is > 0 and <= NamesMax).Distinct()
                .Select(mark => NameOf(file, mark)).Where(name => name.Length > 0)];
        }
    }

    /// <summary>The number of an NF's name; 0, which marks nothing, when all are taken.</summary>
    public uint NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out uint number))
        {
            return number;
        }

        byte[] text = Encoding.UTF8.GetBytes(name);
        if (_numbers.Count == NamesMax || text.Length >= NameBytes)
        {
            return 0;
        }

        number = (uint)_numbers.Count + 1;
        _numbers[name] = number;
        text.CopyTo(_file.Bytes(NamesAt + ((number - 1) * NameBytes), NameBytes));
        return number;
    }

    /// <summary>The name that a worker's mark stands for; empty while it is in no NF.</summary>
    public string NameAt(int worker)
    {
        uint mark = _file.ReadUInt32(worker * LineBytes);
        return mark is > 0 and <= NamesMax ? NameOf(_file, mark) : "";
    }

    /// <summary>A worker enters an NF; 0: it has left it.</summary>
    public void Mark(int worker, uint number) => _file.WriteUInt32(worker * LineBytes, number);

    public void Dispose() => _file.Dispose();

    private static string NameOf(SharedFile file, uint mark) =>
        Encoding.UTF8.GetString(file.Bytes(NamesAt + ((mark - 1) * NameBytes), NameBytes)).TrimEnd('\0');
}
