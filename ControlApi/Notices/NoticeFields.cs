using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ControlApi.Contract.Notices;

namespace ControlApi.Notices;

/// <summary>Facts that are computed from a notice, the same wherever they are needed.</summary>
public static class NoticeFields
{
    private const int GroupIdBytes = 8;

    public static long? Sid(Notice notice)
        => notice.Body.ValueKind == JsonValueKind.Object
            && notice.Body.TryGetProperty("sid", out JsonElement sid)
            && sid.TryGetInt64(out long number) ? number : null;

    /// <summary>Alerts of one signature, source, destination and chain share it.</summary>
    public static string GroupId(Notice notice)
    {
        string identity = string.Join('\n', notice.Type, Sid(notice)?.ToString(
            System.Globalization.CultureInfo.InvariantCulture) ?? notice.Title, notice.Flow?.SrcIp,
            notice.Flow?.DestIp, notice.Chain);
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, GroupIdBytes));
    }
}
