using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Native;

/// <summary>Finds the C libraries of this project, and names the remedy for one that is missing.</summary>
internal static class NativeLibraries
{
    public const string Dpdk = "libdpdk_shim.so";
    public const string Ndpi = "libndpi_shim.so";
    public const string Reference = "libreference.so";
    public const string Vectorscan = "libhs.so.5";
    public const string Pcre2 = "libpcre2-8.so.0";
    public const string Zlib = "libz.so.1";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Resolvers come before the first P/Invoke.")]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        // Shims lie beside this assembly, or where the system's loader looks.
        if (NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, name), out nint beside))
        {
            return beside;
        }
        if (NativeLibrary.TryLoad(name, assembly, searchPath, out nint found))
        {
            return found;
        }
        throw new DllNotFoundException(
            $"The library {name}, or one that it needs, is missing; "
            + "run installer/appliance doctor, which names and installs it.");
    }
}
