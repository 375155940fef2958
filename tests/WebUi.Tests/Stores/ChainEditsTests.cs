using CsCheck;
using Dataplane.Contract.Configuration;
using WebUi.Stores;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Stores;

public sealed class ChainEditsTests
{
    private static readonly ChainDefinition Demo = FakeDocument.Create().Chains[0];

    [Fact]
    public void Moves_an_nf_to_the_place_that_was_shown_before_the_move()
    {
        Assert.Equal("ids-main dpi stats | log", Shape(ChainEdits.Move(Demo, "dpi", new(0, 2))));
        Assert.Equal("ids-main stats dpi | log", Shape(ChainEdits.Move(Demo, "dpi", new(0, 3))));
        Assert.Equal("ids-main stats | dpi log", Shape(ChainEdits.Move(Demo, "dpi", new(1, 0))));
    }

    [Fact]
    public void A_stage_without_nfs_goes_away()
    {
        Assert.Equal("dpi ids-main stats log", Shape(ChainEdits.Move(Demo, "log", new(0, 3))));
        Assert.Equal("dpi ids-main stats", Shape(ChainEdits.Remove(Demo, "log")));
    }

    [Fact]
    public void Steps_go_to_the_neighbour_stage_and_past_the_end_into_a_new_one()
    {
        Assert.Equal("ids-main stats | log dpi", Shape(ChainEdits.Step(Demo, "dpi", ChainDirection.Right)));
        Assert.Equal("dpi | ids-main stats | log", Shape(ChainEdits.Step(Demo, "dpi", ChainDirection.Left)));
        Assert.Equal("ids-main dpi stats | log", Shape(ChainEdits.Step(Demo, "dpi", ChainDirection.Down)));
        Assert.Equal("ids-main dpi stats | log", Shape(ChainEdits.Step(Demo, "ids-main", ChainDirection.Up)));
    }

    [Fact]
    public void A_step_that_would_change_nothing_gives_the_same_chain()
    {
        Assert.Same(Demo, ChainEdits.Step(Demo, "dpi", ChainDirection.Up));
        Assert.Same(Demo, ChainEdits.Step(Demo, "log", ChainDirection.Right));
        Assert.Same(Demo, ChainEdits.Move(Demo, "nobody", new(0, 0)));
    }

    [Fact]
    public void A_new_nf_gets_a_name_that_the_document_does_not_have()
    {
        ConfigurationDocument document = FakeDocument.Create();

        Assert.Equal("logger", ChainEdits.Create(document, "logger").Name);
        Assert.Equal("dpi-2", ChainEdits.Create(document, "dpi").Name);
    }

    [Fact]
    public void No_move_loses_or_doubles_an_nf_or_leaves_an_empty_stage()
    {
        string[] names = ["dpi", "ids-main", "stats", "log"];
        Gen.Select(Gen.Int[0, 3].Select(i => names[i]), Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool)
            .Sample((name, stage, index, step, toNewStage) =>
            {
                ChainDefinition moved = toNewStage
                    ? ChainEdits.MoveToNewStage(Demo, name, step)
                    : ChainEdits.Move(Demo, name, new(stage, index));
                moved = ChainEdits.Step(moved, name, (ChainDirection)step);
                Assert.Equal(
                    names.Order(), moved.Stages.SelectMany(one => one.Nfs).Select(nf => nf.Name).Order());
                Assert.DoesNotContain(moved.Stages, one => one.Nfs.Count == 0);
            });
    }

    private static string Shape(ChainDefinition chain) =>
        string.Join(" | ", chain.Stages.Select(stage => string.Join(' ', stage.Nfs.Select(nf => nf.Name))));
}
