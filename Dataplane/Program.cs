namespace Dataplane;

/// <summary>Entry point of the dataplane process.</summary>
public static class Program
{
    public static int Main() => 0;
}
