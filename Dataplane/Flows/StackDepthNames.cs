namespace Dataplane.Flows;

/// <summary>The parts of a stack's depth in words, as people read them.</summary>
public static class StackDepthNames
{
    /// <summary>Every part there is, from the cheapest.</summary>
    public static readonly IReadOnlyList<(StackDepth Part, string Name)> Parts =
    [
        (StackDepth.ClientHalf, "client half"), (StackDepth.ServerHalf, "server half"),
        (StackDepth.ClientStream, "client stream"), (StackDepth.ServerStream, "server stream"),
    ];

    public static string[] Of(StackDepth depth) =>
        [.. Parts.Where(part => (depth & part.Part) != 0).Select(part => part.Name)];
}
