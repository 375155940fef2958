using System.Text;

namespace Dataplane.Tests.Fuzz;

/// <summary>The committed inputs to begin from, and words of formats.</summary>
internal static class Corpus
{
    /// <summary>The checkout that the tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the corpus.</summary>
    public static byte[] Bytes(string name) =>
        File.ReadAllBytes(Path.Combine(Root, "tests", "Dataplane.Tests", "Fuzz", "Corpus", name));

    /// <summary>A file of the corpus whose lines are inputs.</summary>
    public static IReadOnlyList<byte[]> Lines(string name) =>
        [.. Encoding.Latin1.GetString(Bytes(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(Encoding.Latin1.GetBytes)];

    /// <summary>Dialogues of real clients and servers, as <see cref="ApplicationTarget"/> reads them; of one
    /// protocol, or of all.</summary>
    public static IEnumerable<byte[]> Dialogues(string protocol) =>
        Lines("dialogues.txt").Select(line => Encoding.ASCII.GetString(line).Split(' '))
            .Where(words => words[0] == protocol || protocol == "all")
            .Select(words => Convert.FromBase64String(words[1]));

    public static IReadOnlyList<byte[]> Words(params string[] words) =>
        [.. words.Select(Encoding.Latin1.GetBytes)];

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
