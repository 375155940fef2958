namespace Dataplane.Events.Applications;

/// <summary>State of the file or body that a buffer shows.</summary>
/// <param name="SeenBytes">Decoded bytes so far, also those beyond what is kept.</param>
/// <param name="IsComplete">No byte will follow.</param>
/// <param name="IsTruncated">Bytes are missing: a gap, a limit, or an end that came too early.</param>
public readonly record struct AppBodyState(ulong SeenBytes, bool IsComplete, bool IsTruncated);
