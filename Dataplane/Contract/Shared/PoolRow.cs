using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>A pool that flows draw from, summed over all workers.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PoolRow
{
    public SharedName Name;

    /// <summary>Places in use now, and places there are.</summary>
    public ulong Used;
    public ulong Max;

    /// <summary>Memory of the pool, used or not.</summary>
    public ulong Bytes;

    /// <summary>Requests since the start that found no place.</summary>
    public ulong Refused;
}
