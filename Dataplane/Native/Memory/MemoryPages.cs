namespace Dataplane.Native.Memory;

/// <summary>Which pages a block of native memory asks for; a wish, never a condition.</summary>
public enum MemoryPages
{
    /// <summary>Whatever the allocator gives.</summary>
    Normal,

    /// <summary>2 MiB pages: reserved ones first, else transparent ones, else normal pages.</summary>
    Huge,
}
