namespace EndToEnd.Tests;

/// <summary>Paths of the checkout that these tests run from.</summary>
internal static class RepositoryTree
{
    public static string Root { get; } = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName
            ?? throw new InvalidOperationException(
            "The tests run outside a checkout; build them inside one.");
    }
}
