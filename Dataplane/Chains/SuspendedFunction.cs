namespace Dataplane.Chains;

/// <summary>Stands for an NF that does not run.</summary>
internal sealed class SuspendedFunction : INetworkFunction
{
    public static readonly SuspendedFunction Instance = new();
}
