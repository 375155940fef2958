using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dataplane.Native.Threads;

/// <summary>
/// Moves the calling thread into another network namespace: interfaces are opened where it is.
/// </summary>
/// <remarks>
/// Threads: the caller only, so give it a thread of its own; sockets keep the namespace they began in.
/// </remarks>
public static partial class NetworkNamespace
{
    private const int NetworkKind = 0x40000000; // CLONE_NEWNET

    /// <summary>Enters a namespace made by <c>ip netns add</c>, or says in a sentence why not.</summary>
    public static bool TryEnter(string name, out string error)
    {
        string path = Path.Combine("/run/netns", name);
        error = "";
        if (!File.Exists(path))
        {
            error = $"There is no network namespace {name}; make it with ip netns add {name}.";
            return false;
        }
        using SafeFileHandle handle = File.OpenHandle(path);
        if (SetNamespace((int)handle.DangerousGetHandle(), NetworkKind) != 0)
        {
            error = $"The network namespace {name} may not be entered; run as root.";
            return false;
        }
        return true;
    }

    [LibraryImport("libc.so.6", EntryPoint = "setns")]
    private static partial int SetNamespace(int handle, int kind);
}
