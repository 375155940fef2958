namespace Dataplane.Inspection.Rules;

/// <summary>`base64_decode`: decodes text of the buffer; the steps of `base64_data` look at the
/// outcome.</summary>
public sealed class Base64Option(uint bytesMax, uint offset) : PayloadOption
{
    /// <summary>How many bytes of text are decoded at most; 0: all.</summary>
    public uint BytesMax { get; } = bytesMax;

    public uint Offset { get; } = offset;

    /// <summary>The steps over the decoded bytes; empty until `base64_data` begins them.</summary>
    public BufferSection Decoded { get; } = new(RuleBuffer.Base64);
}
