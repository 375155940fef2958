using System.Runtime.CompilerServices;
using System.Text;
using Dataplane.Chains;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>Which log file a record goes to, and when that one rotates:
/// as the writing NF's options say.</summary>
public struct LogTarget
{
    private static readonly LogTarget Tcp =
        Of(RecordOutput.FileName(RecordOutput.IndexOf(RecordStream.TcpConnection)));
    private static readonly LogTarget Flows =
        Of(RecordOutput.FileName(RecordOutput.IndexOf(RecordStream.Flow)));
    private static readonly LogTarget Eve =
        Of(RecordOutput.FileName(RecordOutput.IndexOf(RecordStream.EveAlert)));

    private FileName _name;
    private int _nameBytes;

    /// <summary>A new file after this many bytes; 0 leaves it to the appliance.</summary>
    public long RotateBytes { get; private set; }

    /// <summary>Files kept, the current one among them; 0 leaves it to the appliance.</summary>
    public int KeepFiles { get; private set; }

    /// <summary>The name in the log folder, in UTF-8.</summary>
    public readonly string Name => Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_name)[.._nameBytes]);

    public static LogTarget For(ChainFunction function, RecordStream stream)
    {
        if (function.Options is not Logger.Options options)
        {
            return stream switch
            {
                RecordStream.Flow => Flows,
                RecordStream.TcpConnection => Tcp,
                _ => Eve,
            };
        }
        LogTarget target = Of(options.File);
        target.RotateBytes = options.RotateBytes;
        target.KeepFiles = options.KeepFiles;
        return target;
    }

    /// <summary>True for the same file.</summary>
    public readonly bool IsSameFile(in LogTarget other) =>
        ((ReadOnlySpan<byte>)_name)[.._nameBytes].SequenceEqual(
        ((ReadOnlySpan<byte>)other._name)[..other._nameBytes]);

    private static LogTarget Of(string name)
    {
        LogTarget target = default;
        Encoding.UTF8.TryGetBytes(name, target._name, out target._nameBytes);
        return target;
    }

    /// <summary>The longest name that a logger's options allow.</summary>
    [InlineArray(64)]
    private struct FileName
    {
        private byte _first;
    }
}
