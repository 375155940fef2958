using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>Says what this build can do, from the event tree and the NF classes themselves.</summary>
public static class CatalogBuilder
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(CatalogBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    public static ApplianceCatalog Build(NfCatalog functions) =>
        new CatalogListing(functions).Make(Version, type => NoticeLayout.Of(type).Fields);

    /// <summary>The catalogue as JSON and the number that names it: equal content, equal number.</summary>
    public static (byte[] Json, ulong Hash) Serialize(ApplianceCatalog catalog)
    {
        byte[] json =
            JsonSerializer.SerializeToUtf8Bytes(catalog, ConfigurationJson.Default.ApplianceCatalog);
        return (json, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(json)));
    }

    /// <summary>Puts the catalogue beside the segments whose records it renders.</summary>
    public static void WriteBeside(string spoolFolder, byte[] json, ulong hash)
    {
        PrivateFolder.Create(spoolFolder);
        string path = Path.Combine(spoolFolder, SpoolLayout.CatalogFile(hash));
        if (!File.Exists(path) || new FileInfo(path).Length != json.Length)
        {
            File.WriteAllBytes(path + SpoolLayout.UnfinishedExtension, json);
            File.Move(path + SpoolLayout.UnfinishedExtension, path, overwrite: true);
        }
    }
}
