using System.Text.RegularExpressions;

namespace Dataplane.Contract.Configuration;

/// <summary>The form of every id and name in a document.</summary>
public static partial class Names
{
    public const string Pattern = "^[a-z0-9][a-z0-9_.-]{0,47}$";

    /// <summary>Longest name in bytes; names are ASCII and have a fixed place in shared memory.</summary>
    public const int BytesMax = 48;

    public static bool IsValid(string name) => Form().IsMatch(name);

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
