namespace Dataplane.Inspection.Rules;

/// <summary>What a transform makes of a buffer before it is inspected.</summary>
public enum TransformKind : byte
{
    ToLowercase,
    ToUppercase,
    ToMd5,
    ToSha1,
    ToSha256,
    StripWhitespace,
    CompressWhitespace,
    UrlDecode,
    DotPrefix,
    HeaderLowercase,
    StripPseudoHeaders,

    /// <summary>Exclusive or with a key that repeats.</summary>
    Xor,

    /// <summary>The first group of an expression takes the place of the buffer, if the expression
    /// matches.</summary>
    PcreGroup,
}
