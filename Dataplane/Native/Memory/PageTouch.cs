namespace Dataplane.Native.Memory;

/// <summary>When large blocks of memory get their pages.</summary>
public static class PageTouch
{
    /// <summary>True (a live dataplane): when a block is taken, so that no worker waits for a page later, and
    /// too little memory shows at start. False (one capture, then the end): when first written, because most
    /// of a table that is sized by its limit is never used.</summary>
    public static bool AtStart { get; set; } = true;
}
