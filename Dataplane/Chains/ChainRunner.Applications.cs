using Dataplane.Events.Applications;
using Dataplane.Stacks.Applications;

namespace Dataplane.Chains;

/// <content>The stack that follows application protocols, and who takes a flow.</content>
public sealed partial class ChainRunner
{
    private ApplicationStack? _applications;

    internal IAppFlow? CurrentApplication => _applications?.Find(_slot);

    /// <summary>Says who follows application protocols; nobody does by default.</summary>
    public void FollowBy(ApplicationStack applications) => _applications = applications;

    private static bool Listens(Chain chain, int port)
    {
        for (int i = 0; i < chain.Ports.Count; i++)
        {
            if (chain.Ports[i] == port)
            {
                return true;
            }
        }

        return false;
    }
}
