namespace Dataplane.Chains;

/// <summary>An NF that may have no use, by its options, for some of what its kind subscribes to.</summary>
/// <remarks>Asked once, when its chain is made; what it declines costs no flow anything.</remarks>
public interface IDeclines
{
    /// <summary>True for a subscription, by its declared name, that shall be left out.</summary>
    bool Declines(string subscription);
}
