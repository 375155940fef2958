namespace WebUi.Components.Controls;

/// <summary>
/// A place where a dragged NF may be dropped; index -1 makes a new stage before the one named.
/// </summary>
public sealed record ChainSlot(int Stage, int Index, double X, double Y, double Width, double Height)
{
    private const double StageWidth = 34;
    private const double GapHeight = 16;

    public static IEnumerable<ChainSlot> Of(ChainLayout layout)
    {
        foreach (ChainLayout.Column column in layout.Columns)
        {
            yield return NewStage(layout, column.Number, column.X - 43);
            foreach (ChainLayout.Box box in layout.Boxes.Where(box => box.Stage == column.Number))
            {
                yield return new ChainSlot(
                    box.Stage, box.Index, box.X, box.Y - GapHeight - 1, ChainLayout.BoxWidth, GapHeight);
            }
            int count = layout.Boxes.Count(box => box.Stage == column.Number);
            yield return new ChainSlot(
                column.Number, count, column.X, column.Height - 6, ChainLayout.BoxWidth, GapHeight);
        }
        yield return NewStage(layout, layout.Columns.Count, layout.RightPortX - 43);
    }

    private static ChainSlot NewStage(ChainLayout layout, int stage, double x) =>
        new(stage, -1, x, 34, StageWidth, layout.Height - 44);
}
