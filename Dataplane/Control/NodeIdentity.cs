using System.Globalization;

namespace Dataplane.Control;

/// <summary>Which appliance a notice comes from: a number that stays with the data folder,
/// and a name.</summary>
public sealed record NodeIdentity(ushort Number, string Name)
{
    private const string FileName = "node";

    /// <summary>Reads the number, or draws one at the first start.</summary>
    public static NodeIdentity Of(string dataFolder)
    {
        string path = Path.Combine(dataFolder, FileName);
        bool isKnown = ushort.TryParse(
            File.Exists(path) ? File.ReadAllText(path).Trim() : "",
            NumberStyles.None, CultureInfo.InvariantCulture, out ushort number);
        if (!isKnown)
        {
            number = (ushort)Random.Shared.Next(1, ushort.MaxValue);
            File.WriteAllText(path, number.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        return new NodeIdentity(number, Environment.MachineName);
    }
}
