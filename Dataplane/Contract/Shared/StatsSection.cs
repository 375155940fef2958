namespace Dataplane.Contract.Shared;

/// <summary>One table of the stats segment: where it lies, how long its rows are, how many fit.</summary>
/// <remarks>At Offset: u32 sequence lock, u32 row count, 8 bytes unused; rows follow.</remarks>
public readonly record struct StatsSection(int Offset, int RowBytes, int RowsMax)
{
    public const int HeadBytes = 16;
    public const int CountOffset = 4;

    public int RowsOffset => Offset + HeadBytes;

    /// <summary>Behind the last row, aligned to a cache line.</summary>
    public int End => (RowsOffset + (RowBytes * RowsMax) + 63) & -64;
}
