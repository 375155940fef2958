namespace Dataplane.Native.Pcre2;

/// <summary>Why a pattern does not compile, and at which byte of it.</summary>
public sealed record PcreFault(int Offset, string Message);
