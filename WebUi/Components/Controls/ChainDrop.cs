namespace WebUi.Components.Controls;

/// <summary>
/// An NF was dropped: into a stage at an index, or, with index -1, into a new stage before that one.
/// </summary>
public sealed record ChainDrop(string Nf, int Stage, int Index)
{
    public bool IsNewStage => Index < 0;
}
