namespace Dataplane.Contract.Catalog;

/// <summary>One field of an event's body.</summary>
/// <remarks>
/// Types: bool, u8, u16, u32, u64, i32, i64, f64 (little-endian), string, ip (16 bytes, IPv4 mapped to IPv6).
/// A string's place holds a u16 position in the body, 0 for none; there lie a u16 length and UTF-8 bytes.
/// </remarks>
public sealed record EventField(string Name, string Type, int Offset)
{
    /// <summary>Names of the values of a number that stands for words; absent for plain numbers.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; set; }

    public string? Summary { get; set; }
}
