namespace ControlApi.Tests.Harness;

/// <summary>A folder of a test's own, with short paths because of Unix sockets; removed at the end.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = Directory.CreateTempSubdirectory("mbx").FullName;
        Data = System.IO.Path.Combine(Path, "data");
        Run = System.IO.Path.Combine(Path, "run");
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Run);
    }

    public string Path { get; }

    public string Data { get; }

    public string Run { get; }

    public string Spool => System.IO.Path.Combine(Data, "spool");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
