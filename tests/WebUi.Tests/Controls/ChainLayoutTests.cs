using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using WebUi.Components.Controls;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class ChainLayoutTests
{
    private static readonly Dictionary<string, NfKind> Kinds =
        FakeDocument.CreateCatalog().NfKinds.ToDictionary(kind => kind.Kind);

    private static readonly ChainDefinition Demo = FakeDocument.Create().Chains[0];

    [Fact]
    public void Stages_stand_beside_each_other_and_their_nfs_below_each_other()
    {
        ChainLayout layout = ChainLayout.Of(Demo, Kinds);

        ChainLayout.Box[] first = [.. layout.Boxes.Where(box => box.Stage == 0)];
        Assert.Equal(3, first.Length);
        Assert.Single(first.Select(box => box.X).Distinct());
        for (int i = 1; i < first.Length; i++)
        {
            Assert.True(first[i].Y >= first[i - 1].Y + first[i - 1].Height);
        }
        Assert.True(layout.Boxes.Single(box => box.Stage == 1).X > first[0].X + ChainLayout.BoxWidth);
        Assert.All(layout.Boxes, box => Assert.True(box.Y + box.Height <= layout.Height));
        Assert.True(layout.Height < 1000);
    }

    [Fact]
    public void Each_subscription_of_the_kind_is_a_row_unless_the_document_says_others()
    {
        NfDefinition own = Demo.Stages[0].Nfs[0] with
        {
            Subscriptions = [new SubscriptionDefinition { Events = ["EVENT/PKT", "EVENT/FLOW/END"] }],
        };

        ChainLayout layout = ChainLayout.Of(WebUi.Stores.ChainEdits.Replace(Demo, "dpi", own), Kinds);

        Assert.Equal(["EVENT/PKT", "EVENT/FLOW/END"], layout.Boxes[0].Rows.Select(row => row.Event));
        Assert.Equal(["EVENT/DPI_DETECT", "EVENT/DATA_RDY"], layout.Boxes[1].Rows.Select(row => row.Event));
    }

    [Fact]
    public void An_nf_with_many_subscriptions_shows_the_first_and_says_how_many_are_left_out()
    {
        NfDefinition own = Demo.Stages[0].Nfs[0] with
        {
            Subscriptions = [new SubscriptionDefinition { Events = ["A", "B", "C", "D"] }],
        };
        ChainDefinition chain = WebUi.Stores.ChainEdits.Replace(Demo, "dpi", own);

        ChainLayout.Box few = ChainLayout.Of(chain, Kinds, rowsMax: 2).Boxes[0];
        ChainLayout.Box all = ChainLayout.Of(chain, Kinds, rowsMax: 3).Boxes[0];

        Assert.Equal((2, 2), (few.Rows.Count, few.LeftOut));
        Assert.Equal((4, 0), (all.Rows.Count, all.LeftOut));
        Assert.True(few.Height < all.Height);
    }

    [Fact]
    public void A_chain_without_stages_is_a_line_from_port_to_port()
    {
        ChainLayout layout = ChainLayout.Of(Demo with { Stages = [] }, Kinds);

        ChainLayout.Wire wire = Assert.Single(layout.Wires);
        Assert.Equal(layout.RightPortX, wire.ToX);
    }
}
