namespace Dataplane.Native.Vectorscan;

/// <summary>Whether a scan took place.</summary>
public enum ScanOutcome
{
    Scanned,

    /// <summary>
    /// libhs refused: the scanner was not prepared for this database, or it is of the other mode.
    /// </summary>
    Refused,
}
