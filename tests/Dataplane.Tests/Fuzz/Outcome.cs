namespace Dataplane.Tests.Fuzz;

/// <summary>Numbers for kinds of outcomes, the same in each run.</summary>
internal static class Outcome
{
    /// <summary>Of a message without its digits and quoted parts: positions make no new kind.</summary>
    public static ulong Of(string? message)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325; // FNV-1a
        bool isQuoted = false;
        foreach (char c in message ?? "")
        {
            isQuoted ^= c == '\'';
            if (!isQuoted && !char.IsAsciiDigit(c))
            {
                hash = (hash ^ c) * 0x100_0000_01B3;
            }
        }

        return hash;
    }
}
