using AngleSharp.Dom;
using Bunit;
using Dataplane.Contract.Catalog;
using Microsoft.AspNetCore.Components.Web;
using WebUi.Components.Controls;
using WebUi.Stores;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class ChainPictureTests : BunitContext
{
    private static readonly Dictionary<string, NfKind> Kinds =
        FakeDocument.CreateCatalog().NfKinds.ToDictionary(kind => kind.Kind);

    private readonly List<object> _heard = [];

    [Fact]
    public void Event_rates_stand_on_their_subscriptions()
    {
        IRenderedComponent<ChainPicture> picture = Show(
            (nf, path) => nf == "ids-main" && path == "EVENT/DATA_RDY" ? 2500 : 0);

        IElement row = picture.FindAll(".row").Single(
            one => one.TextContent.Contains("DATA_RDY", StringComparison.Ordinal));
        Assert.Equal("2.5 k/s", row.QuerySelector(".rate")!.TextContent.Replace('\u202f', ' '));
        Assert.Contains("live", row.ClassList);
        Assert.Single(picture.FindAll(".row.live"));
    }

    [Fact]
    public void Each_nf_is_a_button_that_says_what_it_hears()
    {
        IRenderedComponent<ChainPicture> picture = Show((_, _) => null);

        IElement ids = picture.Find("[data-nf=ids-main] [role=button]");
        Assert.Equal(
            "ids-main, Signature match, stage 1, hears DPI_DETECT, DATA_RDY, has a fault",
            ids.GetAttribute("aria-label"));
        ids.KeyDown(new KeyboardEventArgs { Key = "Enter" });
        ids.KeyDown(new KeyboardEventArgs { Key = "ArrowRight", AltKey = true });
        ids.KeyDown(new KeyboardEventArgs { Key = "Delete" });

        Assert.Equal(
            ["ids-main", new ChainMove("ids-main", ChainDirection.Right), "removed ids-main"], _heard);
    }

    private IRenderedComponent<ChainPicture> Show(Func<string, string, double?> rate) =>
        Render<ChainPicture>(picture => picture
            .Add(one => one.Chain, FakeDocument.Create().Chains[0])
            .Add(one => one.Kinds, Kinds)
            .Add(one => one.EventRate, rate)
            .Add(one => one.Faulty, new HashSet<string> { "ids-main" })
            .Add(one => one.OnSelect, nf => _heard.Add(nf))
            .Add(one => one.OnMove, move => _heard.Add(move))
            .Add(one => one.OnRemove, nf => _heard.Add("removed " + nf)));
}
