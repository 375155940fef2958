using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>
/// Where everything of a chain's picture stands, in SVG units. Arithmetic only, so it is easy to test.
/// </summary>
public sealed record ChainLayout
{
    public const double BoxWidth = 208;
    public const double HeadHeight = 56;
    public const double RowHeight = 26;
    public const double PortWidth = 112;
    private const double Gap = 52;
    private const double Top = 40;
    private const double Margin = 10;
    private const double BoxGap = 18;
    private const double RowsGap = 8;

    /// <summary>One subscription below an NF's box.</summary>
    public sealed record Row(SubscriptionDefinition Subscription, string Event, double Y)
    {
        /// <summary>False for a further subscription to the same event: rates are counted by event.</summary>
        public bool IsFirst { get; init; } = true;
    }

    /// <summary>One NF: its box, then its subscriptions.</summary>
    public sealed record Box(
        NfDefinition Nf, int Stage, int Index, double X, double Y, double Height, IReadOnlyList<Row> Rows)
    {
        /// <summary>Subscriptions that the picture leaves out.</summary>
        public int LeftOut { get; init; }


        public double PathY => Y + (HeadHeight / 2);
    }

    /// <summary>One column.</summary>
    public sealed record Column(int Number, double X, double Height, int Nfs);

    /// <summary>A piece of the packet path.</summary>
    public sealed record Wire(double FromX, double FromY, double ToX, double ToY)
    {
        public string Path
        {
            get
            {
                double bend = Math.Max(14, (ToX - FromX) / 2);
                return FormattableString.Invariant(
                    $"M{FromX} {FromY} C{FromX + bend} {FromY} {ToX - bend} {ToY} {ToX} {ToY}");
            }
        }
    }

    public required double Width { get; init; }
    public required double Height { get; init; }
    public required IReadOnlyList<Box> Boxes { get; init; }
    public required IReadOnlyList<Column> Columns { get; init; }
    public required IReadOnlyList<Wire> Wires { get; init; }
    public required double PathY { get; init; }
    public required double RightPortX { get; init; }

    public static double LeftPortX => Margin;

    /// <summary>
    /// Lays a chain out. An NF with more than <paramref name="rowsMax"/> subscriptions shows the first ones.
    /// </summary>
    public static ChainLayout Of(
        ChainDefinition chain, IReadOnlyDictionary<string, NfKind> kinds, int rowsMax = int.MaxValue)
    {
        double x = Margin + PortWidth + Gap;
        var boxes = new List<Box>();
        var columns = new List<Column>();
        for (int stage = 0; stage < chain.Stages.Count; stage++)
        {
            double y = Top;
            IReadOnlyList<NfDefinition> nfs = chain.Stages[stage].Nfs;
            for (int index = 0; index < nfs.Count; index++)
            {
                Box box = Place(
                    nfs[index], [.. Paths(nfs[index], kinds)], rowsMax, new(stage, index), x, y);
                boxes.Add(box);
                y += box.Height + BoxGap;
            }
            columns.Add(new Column(stage, x, Math.Max(y - BoxGap, Top + HeadHeight), nfs.Count));
            x += BoxWidth + Gap;
        }
        double bottom = columns.Select(column => column.Height).DefaultIfEmpty(Top + HeadHeight).Max();
        return new ChainLayout
        {
            Width = x + PortWidth + Margin,
            Height = bottom + Margin,
            Boxes = boxes,
            Columns = columns,
            PathY = Top + (HeadHeight / 2),
            RightPortX = x,
            Wires = [.. Connect(boxes, columns.Count, x)],
        };
    }

    /// <summary>What an NF hears: its own subscriptions, or those of its kind.</summary>
    public static IReadOnlyList<SubscriptionDefinition> Heard(
        NfDefinition nf, IReadOnlyDictionary<string, NfKind> kinds) =>
        nf.Subscriptions ?? (kinds.TryGetValue(nf.Kind, out NfKind? kind) ? kind.Subscriptions : []);

    private static IEnumerable<(SubscriptionDefinition Subscription, string Event)> Paths(
        NfDefinition nf, IReadOnlyDictionary<string, NfKind> kinds) =>
        from subscription in Heard(nf, kinds)
        from path in subscription.EventPaths()
        select (subscription, path);

    private static Box Place(
        NfDefinition nf,
        IReadOnlyList<(SubscriptionDefinition Subscription, string Event)> heard,
        int rowsMax,
        ChainEdits.Place at,
        double x,
        double y)
    {
        // A line "1 more" would take the room of what it leaves out.
        int shown = heard.Count - 1 <= rowsMax ? heard.Count : rowsMax;
        double rowY = y + HeadHeight + RowsGap;
        Row[] rows =
        [
            .. heard.Take(shown).Select((one, i) =>
                new Row(one.Subscription, one.Event, rowY + (i * RowHeight))
                {
                    IsFirst = !heard.Take(i).Any(before => before.Event == one.Event),
                }),
        ];
        int lines = shown < heard.Count ? shown + 1 : shown;
        double height = lines == 0 ? HeadHeight : HeadHeight + RowsGap + (lines * RowHeight);
        return new Box(nf, at.Stage, at.Index, x, y, height, rows) { LeftOut = heard.Count - shown };
    }

    private static IEnumerable<Wire> Connect(List<Box> boxes, int stages, double rightX)
    {
        double pathY = Top + (HeadHeight / 2);
        const double left = Margin + PortWidth;
        if (stages == 0)
        {
            yield return new Wire(left, pathY, rightX, pathY);
            yield break;
        }
        // Lines meet half way between two columns: every packet passes all NFs of a stage.
        for (int stage = 0; stage <= stages; stage++)
        {
            double from = stage == 0 ? left : left + Gap + BoxWidth + ((stage - 1) * (BoxWidth + Gap));
            double middle = from + (Gap / 2);
            foreach (Box box in boxes.Where(box => box.Stage == stage - 1))
            {
                yield return new Wire(from, box.PathY, middle, pathY);
            }
            foreach (Box box in boxes.Where(box => box.Stage == stage))
            {
                yield return new Wire(middle, pathY, box.X, box.PathY);
            }
            if (stage == 0)
            {
                yield return new Wire(from, pathY, middle, pathY);
            }
            if (stage == stages)
            {
                yield return new Wire(middle, pathY, rightX, pathY);
            }
        }
    }
}
