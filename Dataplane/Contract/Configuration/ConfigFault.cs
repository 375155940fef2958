namespace Dataplane.Contract.Configuration;

/// <summary>One thing wrong in a document: where (JSON pointer), what, and what would put it right.</summary>
public sealed record ConfigFault(string Path, string Code, string Message, string? Fix = null);
