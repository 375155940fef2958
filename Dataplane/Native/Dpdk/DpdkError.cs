namespace Dataplane.Native.Dpdk;

/// <summary>The errno values that DPDK answers, by name.</summary>
internal static class DpdkError
{
    public static string Name(int code) => code switch
    {
        -1 => "refused", // what drivers answer for anything
        -2 => "not found",
        -11 => "try again",
        -12 => "no memory",
        -13 => "access denied",
        -16 => "busy",
        -17 => "exists already",
        -19 => "no such device",
        -22 => "invalid argument",
        -28 => "no space",
        -95 => "not supported",
        -114 => "already started",
        _ => $"error {-code}",
    };
}
