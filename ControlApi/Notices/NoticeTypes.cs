namespace ControlApi.Notices;

/// <summary>Paths of event types that ControlApi itself knows.</summary>
public static class NoticeTypes
{
    public const string IdsAlert = "EVENT/IDS_ALERT";
    public const string LongFlow = "EVENT/LONG_FLOW";
    public const string NoticesLost = "EVENT/SYS/NOTICES_LOST";

    public static bool IsAtOrBelow(string path, string ancestor)
        => path.StartsWith(ancestor, StringComparison.OrdinalIgnoreCase)
            && (path.Length == ancestor.Length || path[ancestor.Length] == '/');
}
