namespace ControlApi.Notices.Filter;

/// <summary>Ends the parsing of a text that is no filter.</summary>
internal sealed class FilterException(int column, string reason) : Exception(reason)
{
    public int Column { get; } = column;
}
