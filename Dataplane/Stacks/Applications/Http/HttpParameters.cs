using System.Text;

namespace Dataplane.Stacks.Applications;

/// <summary>Parameters of a header's value: <c>form-data; name="a"; filename=b</c>.</summary>
internal static class HttpParameters
{
    /// <summary>The value of a parameter, without quotes.</summary>
    public static bool TryGet(
        ReadOnlySpan<byte> value, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> parameter)
    {
        parameter = default;
        int at = value.IndexOf((byte)';');
        while (at >= 0 && at < value.Length)
        {
            ReadOnlySpan<byte> rest = value[(at + 1)..].TrimStart(" \t"u8);
            int equals = rest.IndexOf((byte)'=');
            if (equals < 0)
            {
                return false;
            }
            bool isIt = Ascii.EqualsIgnoreCase(rest[..equals].TrimEnd(" \t"u8), name);
            ReadOnlySpan<byte> text = rest[(equals + 1)..].TrimStart(" \t"u8);
            bool isQuoted = text.Length > 0 && text[0] == '"';
            text = isQuoted ? text[1..] : text;
            int end = isQuoted ? text.IndexOf((byte)'"') : text.IndexOf((byte)';');
            end = end < 0 ? text.Length : end;
            if (isIt)
            {
                parameter = isQuoted ? text[..end] : text[..end].TrimEnd(" \t\r\n"u8);
                return true;
            }
            int next = text[end..].IndexOf((byte)';');
            at = next < 0 ? -1 : value.Length - text.Length + end + next;
        }
        return false;
    }
}
