using System.Diagnostics.CodeAnalysis;

/// <summary>What the runtime loads and calls before <c>Main</c> where DOTNET_STARTUP_HOOKS names this
/// assembly. That it is loaded is all: the dataplane's catalogue looks through loaded assemblies.</summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it outside namespaces.")]
public static class StartupHook
{
    public static void Initialize()
    {
        // Nothing is left to do.
    }
}
