using System.Text.Json;
using ControlApi.Contract.Configuration;

namespace ControlApi.Configuration;

/// <summary>Where two JSON texts differ; lists of named things are compared by id or name.</summary>
public static class JsonDifference
{
    private const int DifferencesMax = 500;
    private static readonly string[] NameFields = ["id", "name"];

    public static IReadOnlyList<FieldDifference> Between(string before, string after)
    {
        using JsonDocument left = JsonDocument.Parse(before);
        using JsonDocument right = JsonDocument.Parse(after);
        var found = new List<FieldDifference>();
        Compare(left.RootElement, right.RootElement, "", found);
        return found;
    }

    private static void Compare(JsonElement left, JsonElement right, string path, List<FieldDifference> found)
    {
        if (found.Count >= DifferencesMax || JsonElement.DeepEquals(left, right))
        {
            return;
        }
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
        {
            CompareMembers(MembersOf(left), MembersOf(right), path, found);
        }
        else if (Named(left) is { } leftItems && Named(right) is { } rightItems)
        {
            CompareMembers(leftItems, rightItems, path, found);
        }
        else
        {
            found.Add(new FieldDifference(path, left.GetRawText(), right.GetRawText()));
        }
    }

    private static void CompareMembers(
        Dictionary<string, JsonElement> left, Dictionary<string, JsonElement> right, string path,
        List<FieldDifference> found)
    {
        foreach (string name in left.Keys.Union(right.Keys))
        {
            string memberPath = $"{path}/{name}";
            bool isLeft = left.TryGetValue(name, out JsonElement leftValue);
            bool isRight = right.TryGetValue(name, out JsonElement rightValue);
            if (isLeft && isRight)
            {
                Compare(leftValue, rightValue, memberPath, found);
            }
            else
            {
                found.Add(new FieldDifference(memberPath, isLeft ? leftValue.GetRawText() : null,
                    isRight ? rightValue.GetRawText() : null));
            }
        }
    }

    private static Dictionary<string, JsonElement> MembersOf(JsonElement json)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }
        return members;
    }

    /// <summary>Items of a list by their id or name, or null when they have none.</summary>
    private static Dictionary<string, JsonElement>? Named(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return null;
        }
        var items = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonElement item in json.EnumerateArray())
        {
            string? name = item.ValueKind == JsonValueKind.Object
                ? NameFields.Select(f => item.TryGetProperty(f, out JsonElement n) ? n.ToString() : null)
                    .FirstOrDefault(n => n is not null) : null;
            if (name is null || !items.TryAdd(name, item))
            {
                return null;
            }
        }
        return items;
    }
}
