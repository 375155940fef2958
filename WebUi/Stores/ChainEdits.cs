using System.Globalization;
using System.Text.Json;
using Dataplane.Contract.Configuration;

namespace WebUi.Stores;

/// <summary>Changes to a chain as pure functions: a chain in, a changed chain out.</summary>
public static class ChainEdits
{
    /// <summary>Where an NF stands: its stage and its place in the stage.</summary>
    public readonly record struct Place(int Stage, int Index);

    /// <summary>Finds an NF by its name; null when the chain has none of that name.</summary>
    public static Place? Find(ChainDefinition chain, string name)
    {
        for (int stage = 0; stage < chain.Stages.Count; stage++)
        {
            for (int index = 0; index < chain.Stages[stage].Nfs.Count; index++)
            {
                if (chain.Stages[stage].Nfs[index].Name == name)
                {
                    return new Place(stage, index);
                }
            }
        }
        return null;
    }

    public static NfDefinition At(ChainDefinition chain, Place place) =>
        chain.Stages[place.Stage].Nfs[place.Index];

    /// <summary>Adds an NF at the end of a stage; a stage number past the last makes a new stage.</summary>
    public static ChainDefinition Add(ChainDefinition chain, NfDefinition nf, int stage) =>
        stage >= chain.Stages.Count
            ? InsertStage(chain, nf, chain.Stages.Count)
            : Insert(chain, nf, new Place(stage, chain.Stages[stage].Nfs.Count));

    /// <summary>Puts an NF alone into a new stage before stage <paramref name="at"/>.</summary>
    public static ChainDefinition InsertStage(ChainDefinition chain, NfDefinition nf, int at)
    {
        List<StageDefinition> stages = [.. chain.Stages];
        stages.Insert(Math.Clamp(at, 0, stages.Count), new StageDefinition { Nfs = [nf] });
        return chain with { Stages = stages };
    }

    public static ChainDefinition Remove(ChainDefinition chain, string name) =>
        Find(chain, name) is { } place ? WithoutEmpty(TakeOut(chain, place)) : chain;

    /// <summary>Moves an NF to a place counted in the chain as it stands before the move.</summary>
    public static ChainDefinition Move(ChainDefinition chain, string name, Place to)
    {
        if (Find(chain, name) is not { } from || from == to)
        {
            return chain;
        }
        NfDefinition nf = At(chain, from);
        ChainDefinition without = TakeOut(chain, from);
        int index = to.Stage == from.Stage && to.Index > from.Index ? to.Index - 1 : to.Index;
        return WithoutEmpty(Insert(without, nf, to with { Index = index }));
    }

    /// <summary>
    /// Moves an NF by one: up and down within its stage, left and right to the neighbour stage, past the ends
    /// into a new stage of its own.
    /// </summary>
    public static ChainDefinition Step(ChainDefinition chain, string name, ChainDirection direction)
    {
        if (Find(chain, name) is not { } at)
        {
            return chain;
        }
        int last = chain.Stages[at.Stage].Nfs.Count - 1;
        return direction switch
        {
            ChainDirection.Up when at.Index > 0 => Move(chain, name, at with { Index = at.Index - 1 }),
            ChainDirection.Down when at.Index < last => Move(chain, name, at with { Index = at.Index + 2 }),
            ChainDirection.Left when at.Stage == 0 => MoveToNewStage(chain, name, 0),
            ChainDirection.Right when at.Stage == chain.Stages.Count - 1 =>
                MoveToNewStage(chain, name, chain.Stages.Count),
            ChainDirection.Left => Move(chain, name, EndOf(chain, at.Stage - 1)),
            ChainDirection.Right => Move(chain, name, EndOf(chain, at.Stage + 1)),
            _ => chain,
        };
    }

    /// <summary>Moves an NF into a stage of its own before stage <paramref name="before"/>.</summary>
    public static ChainDefinition MoveToNewStage(ChainDefinition chain, string name, int before)
    {
        if (Find(chain, name) is not { } from)
        {
            return chain;
        }
        bool alone = chain.Stages[from.Stage].Nfs.Count == 1;
        if (alone && (before == from.Stage || before == from.Stage + 1))
        {
            return chain;
        }
        NfDefinition nf = At(chain, from);
        return WithoutEmpty(InsertStage(TakeOut(chain, from), nf, before));
    }

    public static ChainDefinition Replace(ChainDefinition chain, string name, NfDefinition nf)
    {
        if (Find(chain, name) is not { } place)
        {
            return chain;
        }
        List<NfDefinition> nfs = [.. chain.Stages[place.Stage].Nfs];
        nfs[place.Index] = nf;
        return WithStage(chain, place.Stage, nfs);
    }

    /// <summary>A new NF of a kind, with a name that the document does not have yet.</summary>
    public static NfDefinition Create(ConfigurationDocument document, string kind)
    {
        HashSet<string> taken =
        [
            .. document.Chains
                .SelectMany(chain => chain.Stages)
                .SelectMany(stage => stage.Nfs)
                .Select(nf => nf.Name),
        ];
        string name = kind;
        for (int n = 2; taken.Contains(name); n++)
        {
            name = kind + "-" + n.ToString(CultureInfo.InvariantCulture);
        }
        return new NfDefinition { Name = name, Kind = kind, Options = FirstOptions(document, kind) };
    }

    // A signature matcher needs a rule set; the document's first one is the likeliest wish.
    private static JsonElement? FirstOptions(ConfigurationDocument document, string kind) =>
        kind == "signature-match" && document.RuleSets.Count > 0
            ? JsonSerializer.SerializeToElement(new Dictionary<string, string>
            {
                ["ruleSet"] = document.RuleSets[0].Id,
            })
            : null;

    private static Place EndOf(ChainDefinition chain, int stage) => new(stage, chain.Stages[stage].Nfs.Count);

    private static ChainDefinition Insert(ChainDefinition chain, NfDefinition nf, Place place)
    {
        List<NfDefinition> nfs = [.. chain.Stages[place.Stage].Nfs];
        nfs.Insert(Math.Clamp(place.Index, 0, nfs.Count), nf);
        return WithStage(chain, place.Stage, nfs);
    }

    private static ChainDefinition TakeOut(ChainDefinition chain, Place place)
    {
        List<NfDefinition> nfs = [.. chain.Stages[place.Stage].Nfs];
        nfs.RemoveAt(place.Index);
        return WithStage(chain, place.Stage, nfs);
    }

    private static ChainDefinition WithStage(
        ChainDefinition chain, int stage, IReadOnlyList<NfDefinition> nfs)
    {
        List<StageDefinition> stages = [.. chain.Stages];
        stages[stage] = stages[stage] with { Nfs = nfs };
        return chain with { Stages = stages };
    }

    private static ChainDefinition WithoutEmpty(ChainDefinition chain) =>
        chain with { Stages = [.. chain.Stages.Where(stage => stage.Nfs.Count > 0)] };
}
