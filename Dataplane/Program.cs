using Dataplane.Offline;

namespace Dataplane;

/// <summary>Entry point of the dataplane process.</summary>
public static class Program
{
    private const string Usage = "usage: Dataplane analyze CAPTURE …";

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["analyze", .. string[] words]:
                return AnalyzeRun.Execute(words, Console.Error);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
