using System.Text;
using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>What HTTP's texts are made of: methods and classes of characters.</summary>
public static class HttpWords
{
    private static readonly byte[][] Methods =
        [.. new[]
        {
            "GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND",
            "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT",
            "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT", "MKWORKSPACE", "MKACTIVITY",
            "BASELINE-CONTROL", "MERGE", "INVALID",
        }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Http when the bytes begin with a method and white space, Unknown when they may yet.</summary>
    public static AppProtocol RecogniseMethod(ReadOnlySpan<byte> bytes)
    {
        foreach (byte[] method in Methods)
        {
            if (bytes.Length <= method.Length)
            {
                if (method.AsSpan().StartsWith(bytes))
                {
                    return AppProtocol.Unknown;
                }
            }
            else if (bytes.StartsWith(method) && bytes[method.Length] is (byte)' ' or (byte)'\t')
            {
                return AppProtocol.Http;
            }
        }
        return AppProtocol.Failed;
    }

    /// <summary>True for the name of a known method.</summary>
    public static bool IsMethod(ReadOnlySpan<byte> name)
    {
        foreach (byte[] method in Methods)
        {
            if (name.SequenceEqual(method))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>White space as C has it.</summary>
    public static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);

    /// <summary>White space inside a line.</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };

    /// <summary>Without white space at the end.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> line)
    {
        int length = line.Length;
        while (length > 0 && IsSpace(line[length - 1]))
        {
            length--;
        }
        return line[..length];
    }

    /// <summary>Equal when NUL bytes are left out and case does not matter; <paramref name="word"/> is lower
    /// case.</summary>
    public static bool EqualsLoosely(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        int at = 0;
        foreach (byte letter in value)
        {
            if (letter == 0)
            {
                continue;
            }
            if (at == word.Length || Lower(letter) != word[at++])
            {
                return false;
            }
        }
        return at == word.Length;
    }

    /// <summary>Where a lower-case word begins when case does not matter, or -1.</summary>
    public static int IndexOfLoosely(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i + word.Length <= value.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(i, word.Length), word))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>True when a lower-case word is in the value, NUL bytes left out, whatever its case.</summary>
    public static bool HasLoosely(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        for (int start = 0; start < value.Length; start++)
        {
            int matched = 0;
            for (int at = start; at < value.Length && matched < word.Length; at++)
            {
                if (value[at] != 0 && Lower(value[at]) != word[matched++])
                {
                    break;
                }
                if (matched == word.Length)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>ASCII lower case.</summary>
    public static byte Lower(byte value) =>
        value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 32) : value;
}
