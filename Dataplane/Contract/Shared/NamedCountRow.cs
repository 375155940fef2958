using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>A name and a number: drops by reason, flows by depth.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NamedCountRow
{
    public SharedName Name;
    public ulong Count;
}
