namespace Dataplane.Chains;

/// <summary>What a new revision's chains take over from the running ones, and which NFs do not run at
/// all.</summary>
/// <remarks>An NF whose kind, name and options are unchanged keeps its instance and its per-flow state; one
/// that
/// names a rule set only where the rule sets are the same, too.</remarks>
/// <param name="running">The newest chains that run; empty at a start.</param>
/// <param name="suspended">Names of NFs that ended the process again and again.</param>
/// <param name="hasSameRules">The new revision's rule sets are those that are loaded.</param>
public sealed class KeptFunctions(
    IReadOnlyList<ChainInstance> running, IReadOnlyCollection<string> suspended, bool hasSameRules)
{
    /// <summary>Nothing runs yet and everything may.</summary>
    public static readonly KeptFunctions None = new([], [], hasSameRules: false);

    /// <summary>True when the NF must not run.</summary>
    public bool IsSuspended(ChainFunction function) => suspended.Contains(function.Name);

    /// <summary>The instance that runs already, and its place; null when there is none to keep.</summary>
    internal (ChainInstance Chain, int Index)? Find(ChainFunction function)
    {
        // One that runs on another core has its thread and its rings: it begins anew.
        if (function.Placement.IsParallel || (!hasSameRules && NamesRules(function.Manifest)))
        {
            return null;
        }

        foreach (ChainInstance chain in running)
        {
            for (int i = 0; i < chain.Functions.Length; i++)
            {
                ChainFunction known = chain.Chain.Functions[i];
                if (known.Name == function.Name && known.Manifest.Kind == function.Manifest.Kind
                    && Equals(known.Options, function.Options) && !known.Placement.IsParallel
                    && chain.IsRunning(i))
                {
                    return (chain, i);
                }
            }
        }

        return null;
    }

    /// <summary>True for kinds that compare traffic with a rule set.</summary>
    internal static bool NamesRules(NfManifest manifest) =>
        manifest.OptionsType?.GetProperties()
            .Any(property => property.IsDefined(typeof(NamesRuleSetAttribute), inherit: true)) ?? false;
}
