namespace ControlApi.Notices.Filter;

/// <summary>What is wrong with a filter, and where: the column counts from 1.</summary>
public sealed record FilterError(int Column, string Reason)
{
    public override string ToString() => $"column {Column}: {Reason}";
}
