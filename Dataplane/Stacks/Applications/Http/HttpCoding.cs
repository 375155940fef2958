namespace Dataplane.Stacks.Applications;

/// <summary>Content codings that are undone.</summary>
public enum HttpCoding : byte
{
    None,
    Gzip,
    Deflate,
    Brotli,
}
