using System.Text;
using Dataplane.Native.Ndpi;

namespace Dataplane.Inspection;

/// <summary>nDPI's names for its numbers, as UTF-8 at hand.</summary>
/// <remarks>All modules of a process have the same ones: learnt from the first, read by any thread.</remarks>
public sealed class ProtocolNames
{
    /// <summary>Longest name of a protocol, "master.app".</summary>
    public const int ProtocolBytesMax = 64;

    private const int CategoryCount = 256;
    private static readonly ProtocolNames Nothing = new();
    private static ProtocolNames? _learnt;

    private readonly byte[][] _protocols = ["Unknown"u8.ToArray()];
    private readonly byte[] _breedOf = [0];
    private readonly byte[][] _categories = [];
    private readonly byte[][] _breeds = [];
    private readonly byte[][] _confidences = [];
    private readonly byte[][] _risks = [];

    private ProtocolNames()
    {
    }

    private ProtocolNames(NdpiModule module)
    {
        int protocols = module.ProtocolCount + 1;
        _protocols = Table(protocols, number => module.ProtocolName((ushort)number, (ushort)number));
        _breedOf = [.. Enumerable.Range(0, protocols).Select(number => module.Breed((ushort)number))];
        _categories = Table(CategoryCount, number => module.CategoryName((ushort)number));
        _breeds = Table(_breedOf.Max() + 1, number => module.BreedName((byte)number));
        _confidences = Table((int)Events.DpiConfidence.Dpi + 1,
            number => NdpiModule.ConfidenceName((byte)number));
        _risks = Table(NdpiModule.RiskMax, number => NdpiModule.RiskName((byte)number));
    }

    /// <summary>The names; before anything was identified in this process, none but "Unknown".</summary>
    public static ProtocolNames Known => Volatile.Read(ref _learnt) ?? Nothing;

    /// <summary>Takes the names from a module, once in a process.</summary>
    public static ProtocolNames Learn(NdpiModule module)
    {
        if (Volatile.Read(ref _learnt) is { } known)
        {
            return known;
        }

        var names = new ProtocolNames(module);
        return Interlocked.CompareExchange(ref _learnt, names, null) ?? names;
    }

    /// <summary>Writes "master.app", the single name, or "Unknown"; returns its length.</summary>
    public int WriteProtocol(ushort master, ushort app, Span<byte> text)
    {
        if (master == 0 || master == app || app == 0)
        {
            return Copy(ProtocolOf(app == 0 ? master : app), text);
        }

        int length = Copy(ProtocolOf(master), text);
        if (length < text.Length)
        {
            text[length++] = (byte)'.';
        }

        return length + Copy(ProtocolOf(app), text[length..]);
    }

    /// <summary>Name of a category, such as "Web".</summary>
    public ReadOnlySpan<byte> Category(ushort category) => At(_categories, category);

    /// <summary>How safe a flow of these protocols is to have: the application's breed, a number.</summary>
    public byte BreedOf(ushort master, ushort app)
    {
        ushort protocol = app == 0 ? master : app;
        return protocol < _breedOf.Length ? _breedOf[protocol] : _breedOf[0];
    }

    /// <summary>Name of a breed, such as "Acceptable".</summary>
    public ReadOnlySpan<byte> Breed(byte breed) => At(_breeds, breed);

    /// <summary>Name of a confidence, such as "Match by port".</summary>
    public ReadOnlySpan<byte> Confidence(byte confidence) => At(_confidences, confidence);

    /// <summary>Name of a risk, such as "Self-signed Certificate".</summary>
    public ReadOnlySpan<byte> Risk(int risk) => At(_risks, risk);

    /// <summary>Writes the names of the risks whose bits are set, with commas between; returns the length.
    /// A name that does not fit ends the list.</summary>
    public int WriteRisks(ulong risks, Span<byte> text)
    {
        int length = 0;
        for (int risk = 0; risks != 0; risk++, risks >>= 1)
        {
            ReadOnlySpan<byte> name = (risks & 1) != 0 ? Risk(risk) : default;
            ReadOnlySpan<byte> comma = length > 0 ? ", "u8 : default;
            if (name.IsEmpty)
            {
                continue;
            }

            if (length + comma.Length + name.Length > text.Length)
            {
                break;
            }

            comma.CopyTo(text[length..]);
            name.CopyTo(text[(length + comma.Length)..]);
            length += comma.Length + name.Length;
        }

        return length;
    }

    private static byte[][] Table(int count, Func<int, string> name) =>
        [.. Enumerable.Range(0, count).Select(number => Encoding.UTF8.GetBytes(name(number)))];

    private static ReadOnlySpan<byte> At(byte[][] names, int number) =>
        number < names.Length ? names[number] : default;

    private ReadOnlySpan<byte> ProtocolOf(ushort number) =>
        _protocols[number < _protocols.Length ? number : 0];

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }
}
