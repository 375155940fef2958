namespace Dataplane.Native.Memory;

/// <summary>What became of opening, creating or flushing a shared file.</summary>
public enum SharedFileOutcome
{
    Done,

    /// <summary>The disk, or the user's quota of it, is full.</summary>
    NoSpace,

    /// <summary>There is a file of that name already.</summary>
    Exists,

    /// <summary>There is no file of that name, or it is empty.</summary>
    Missing,

    /// <summary>Permissions or a read-only file system forbid it.</summary>
    Denied,

    /// <summary>The disk answered with an input or output error.</summary>
    Failed,
}
