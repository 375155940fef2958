namespace Dataplane.Benchmarks;

/// <summary>Entry point of the micro benchmarks.</summary>
public static class Program
{
    public static int Main() => 0;
}
