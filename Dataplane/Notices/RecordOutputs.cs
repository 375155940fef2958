using Dataplane.Chains;

namespace Dataplane.Notices;

/// <summary>The files that records go to.</summary>
[Flags]
public enum RecordOutputs
{
    None = 0,
    Eve = 1,
    Tcp = 2,
    Flows = 4,
    All = Eve | Tcp | Flows,
}

/// <summary>Which file a stream of records goes to, and the files' names.</summary>
public static class RecordOutput
{
    /// <summary>How many files there are.</summary>
    public const int Count = 3;

    private static readonly RecordOutputs[] ByIndex =
        [RecordOutputs.Eve, RecordOutputs.Tcp, RecordOutputs.Flows];

    private static readonly string[] Names = ["eve.json", "tcp.json", "flows.json"];

    public static int IndexOf(RecordStream stream) => stream switch
    {
        RecordStream.TcpConnection => 1,
        RecordStream.Flow => 2,
        _ => 0,
    };

    public static RecordOutputs At(int index) => ByIndex[index];

    public static string FileName(int index) => Names[index];
}
