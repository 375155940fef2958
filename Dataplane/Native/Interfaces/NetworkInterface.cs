using System.Runtime.InteropServices;
using System.Text;

namespace Dataplane.Native.Interfaces;

/// <summary>
/// What the kernel knows of a network interface, in the calling thread's network namespace.
/// </summary>
/// <remarks>
/// Threads:  any; each reading opens and closes a socket of its own.
/// Lifetime: a snapshot of the moment.
/// </remarks>
public sealed unsafe partial record NetworkInterface(
    string Name, int Index, bool IsUp, bool HasLink, int Mtu, string Driver, InterfaceOffloads Offloads)
{
    private const int NameBytes = 16;
    private const int AddressFamilyInternet = 2;
    private const int DatagramSocket = 2;
    private const int CloseOnExec = 0x80000;
    private const nuint GetFlags = 0x8913;
    private const nuint GetMtu = 0x8921;
    private const nuint GetIndex = 0x8933;
    private const nuint EthernetTool = 0x8946;
    private const ushort FlagUp = 1;
    private const uint LargeReceiveFlag = 1 << 15;

    /// <summary>Reads an interface; null when there is none of that name.</summary>
    public static NetworkInterface? Find(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) >= NameBytes)
        {
            return null;
        }
        int socket = OpenSocket(AddressFamilyInternet, DatagramSocket | CloseOnExec, 0);
        if (socket < 0)
        {
            return null;
        }
        try
        {
            Request request = new(name);
            if (Control(socket, GetFlags, &request) != 0)
            {
                return null;
            }
            ushort flags = (ushort)request.Value;
            int index = Control(socket, GetIndex, &request) == 0 ? (int)request.Value : 0;
            int mtu = Control(socket, GetMtu, &request) == 0 ? (int)request.Value : 0;
            return new NetworkInterface(
                name,
                index,
                (flags & FlagUp) != 0,
                Ask(socket, name, 0x0a) != 0, // the carrier itself: the RUNNING flag follows up to 1 s later
                mtu,
                ReadDriver(socket, name),
                ReadOffloads(socket, name));
        }
        finally
        {
            _ = CloseSocket(socket);
        }
    }

    private static InterfaceOffloads ReadOffloads(int socket, string name)
    {
        InterfaceOffloads found = InterfaceOffloads.None;
        found |= Ask(socket, name, 0x2b) != 0 ? InterfaceOffloads.GenericReceive : 0;
        found |= (Ask(socket, name, 0x25) & LargeReceiveFlag) != 0 ? InterfaceOffloads.LargeReceive : 0;
        found |= Ask(socket, name, 0x23) != 0 ? InterfaceOffloads.GenericSegmentation : 0;
        found |= Ask(socket, name, 0x1e) != 0 ? InterfaceOffloads.TcpSegmentation : 0;
        found |= Ask(socket, name, 0x16) != 0 ? InterfaceOffloads.SendChecksum : 0;
        return found;
    }

    /// <summary>
    /// One value of the ethtool interface (linux/ethtool.h, struct ethtool_value); 0 if not supported.
    /// </summary>
    private static uint Ask(int socket, string name, uint command)
    {
        uint* value = stackalloc uint[2];
        value[0] = command;
        value[1] = 0;
        Request request = new(name) { Value = (nuint)value };
        return Control(socket, EthernetTool, &request) == 0 ? value[1] : 0;
    }

    /// <summary>
    /// struct ethtool_drvinfo: a command of 4 bytes, then the driver's name in 32, 196 bytes in all.
    /// </summary>
    private static string ReadDriver(int socket, string name)
    {
        const int Bytes = 196;
        byte* answer = stackalloc byte[Bytes];
        new Span<byte>(answer, Bytes).Clear();
        *(uint*)answer = 3;
        Request request = new(name) { Value = (nuint)answer };
        return Control(socket, EthernetTool, &request) == 0
            ? Marshal.PtrToStringUTF8((nint)(answer + 4)) ?? ""
            : "";
    }

    [LibraryImport("libc.so.6", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc.so.6", EntryPoint = "close")]
    private static partial int CloseSocket(int socket);

    [LibraryImport("libc.so.6", EntryPoint = "ioctl")]
    private static partial int Control(int socket, nuint what, Request* request);

    /// <summary>struct ifreq: the name, then a union that begins with flags, MTU or a pointer.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Request
    {
        public fixed byte Name[NameBytes];
        public nuint Value;

        public Request(string name)
        {
            fixed (byte* start = Name)
            {
                // Find has checked that the name and its closing zero fit.
                _ = Encoding.UTF8.GetBytes(name, new Span<byte>(start, NameBytes - 1));
            }
        }
    }
}
