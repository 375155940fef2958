using System.Text;
using Dataplane.Flows;

namespace Dataplane.Notices;

/// <summary>What a flow's stack does, in a word: for files, counters and people.</summary>
public static class DepthName
{
    /// <summary>How many values <see cref="StackDepth"/> can take.</summary>
    public const int Count = 16;

    private static readonly string[] Texts =
        [.. Enumerable.Range(0, Count).Select(d => TextOf((StackDepth)d))];
    private static readonly byte[][] Names = [.. Texts.Select(Encoding.UTF8.GetBytes)];

    private static readonly string[] DistinctTexts = [.. Texts.Distinct()];

    private static readonly int[] Indices = [.. Texts.Select(text => Array.IndexOf(DistinctTexts, text))];

    /// <summary>Every name once: several depths may be the same to people.</summary>
    public static IReadOnlyList<string> Distinct => DistinctTexts;

    /// <summary>Place of a depth's name in <see cref="Distinct"/>.</summary>
    public static int IndexOf(StackDepth depth) => Indices[(int)depth & (Count - 1)];

    public static ReadOnlySpan<byte> Of(StackDepth depth) => Names[(int)depth & (Count - 1)];

    public static string Text(StackDepth depth) => Texts[(int)depth & (Count - 1)];

    // A stream implies the half that reassembles it, so the half is not named again.
    private static string TextOf(StackDepth depth) => depth switch
    {
        StackDepth.Bypass => "bypass",
        StackDepth.ClientHalf => "client-half",
        StackDepth.ServerHalf => "server-half",
        StackDepth.ClientHalf | StackDepth.ServerHalf => "both-halves",
        _ when depth.HasFlag(StackDepth.ClientStream | StackDepth.ServerStream) => "both-streams",
        _ when depth.HasFlag(StackDepth.ClientStream) =>
            depth.HasFlag(StackDepth.ClientHalf) ? "client-stream+both-halves" : "client-stream",
        _ => depth.HasFlag(StackDepth.ServerHalf) ? "server-stream+both-halves" : "server-stream",
    };
}
