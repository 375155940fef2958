using System.Text.Json;
using Dataplane.Counters;

namespace Dataplane.Notices;

/// <summary>Names of drop reasons in files, counters and metrics:
/// small letters joined by underscores.</summary>
public static class DropName
{
    private static readonly string[] Names = [.. Enumerable.Range(0, (int)DropReason.Count)
        .Select(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(((DropReason)reason).ToString()))];

    public static string Of(DropReason reason) => Names[(int)reason];
}
