namespace ControlApi.Notices.Filter;

/// <summary>Kinds of words of a filter.</summary>
public enum FilterTokenKind
{
    Word,
    Quoted,
    Operator,
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    End,
}
